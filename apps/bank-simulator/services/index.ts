import type { ServiceName } from '#bank/wire';
import { batchesQuery } from '../batches/querying';
import { batchesSubmit } from '../batches/submitting';
import { transfersSubmit } from '../transfers/submitting';
import { accountsBalance, accountsOpening, accountsQuery } from './accounts';
import { capabilities } from './capabilities';
import { accountsTopUp, accountsWithdraw } from './cash';
import { creditLinesMove, creditLinesQuery } from './credit-lines';
import { debitsPlace, debitsRefund } from './debits';
import { financingsApply } from './financings';
import { holdsPlace, holdsRelease } from './holds';
import { listingsRegister, listingsUpdate } from './listings';
import { mandatesQuery, mandatesSign } from './mandates';
import { requestsClose, requestsQuery } from './requests';
import type { Service } from './service';
import { statementsConfirm, statementsDownload, statementsList } from './statements';

/** Every service of the wire. */
const ALL: readonly Service[] = [
  accountsOpening,
  accountsQuery,
  accountsBalance,
  accountsTopUp,
  accountsWithdraw,
  mandatesSign,
  mandatesQuery,
  listingsRegister,
  listingsUpdate,
  holdsPlace,
  holdsRelease,
  debitsPlace,
  debitsRefund,
  batchesSubmit,
  batchesQuery,
  transfersSubmit,
  requestsQuery,
  requestsClose,
  financingsApply,
  creditLinesQuery,
  creditLinesMove,
  statementsList,
  statementsDownload,
  statementsConfirm,
  capabilities,
];

export const services: ReadonlyMap<ServiceName, Service> = new Map(ALL.map((service) => [service.name, service]));
