import { refusals } from '#kernel/faults';

/** Why a listing command may be refused. */
export const listingRefusals = refusals({
  LISTING_NOT_FOUND: { kind: 'missing', zh: '标的不存在', en: 'There is no such listing.' },
  LISTING_STATE: { kind: 'conflict', zh: '标的当前状态不允许此操作', en: 'The listing is not in a state in which this can be done.' },
  LISTING_WITHDRAWAL_NEEDS_TWO: {
    kind: 'conflict',
    zh: '标的已在募集,撤回将退还投资人资金,须提议后由另一人复核 (withdrawal-proposals)',
    en: 'The listing raises already, and withdrawing it gives money back: propose it (withdrawal-proposals), and another person approves.',
  },
  LISTING_TERMS_MISSING: {
    kind: 'conflict',
    zh: '标的条款尚未设定,请先设定条款再审核',
    en: 'The terms of the listing are not set yet: set them before it is reviewed.',
  },
  LISTING_GUESTS_MISSING: {
    kind: 'conflict',
    zh: '指定客户标的尚未指定客户,请先指定客户再审核',
    en: 'The listing is for named customers and nobody is named yet: name them before it is reviewed.',
  },
  LISTING_TERMS_INVALID: { kind: 'invalid', zh: '标的条款不成立', en: 'These terms do not hold together; `reason` says what to change.' },
  LISTING_COST_ABOVE_CAP: {
    kind: 'conflict',
    zh: '综合年化成本超过上限,不能上架;details 给出最不利日期与成本',
    en: 'The all-in cost is above the cap: the listing cannot be approved. The details give the worst day and its yearly cost.',
  },
  LISTING_LINE_DIFFERS: {
    kind: 'conflict',
    zh: '授信冻结金额与申请金额不符,不能批准;可拒绝,冻结额随之释放',
    en: 'What the credit system froze is not what was applied for: it cannot be approved. A rejection releases what is frozen.',
  },
  FINANCING_UNREADABLE: {
    kind: 'invalid',
    zh: '银行推送的融资无法读取,见 details.field;请与银行核对',
    en: 'The bank pushed a financing that cannot be read; `details.field` says where. It has to be settled with the bank.',
  },
  REVIEW_LEVEL: {
    kind: 'conflict',
    zh: '请按级次审核:先一级后二级,每级一次',
    en: 'Reviews go level by level, once each: level 1 first, then level 2.',
  },
  REVIEW_SAME_PERSON: {
    kind: 'forbidden',
    zh: '设定条款者与各级审核人必须是不同的人',
    en: 'Whoever set the terms or reviewed at another level cannot review here: another person must.',
  },
  BORROWER_ACCOUNT_MISSING: {
    kind: 'conflict',
    zh: '融资人尚无可用的电子账户,请先开户',
    en: 'The borrower has no active e-account yet: open one first.',
  },
});
