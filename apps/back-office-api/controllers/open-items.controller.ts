import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { countOpenReturns } from '#journey/investment';
import { plain } from '#platform/http';
import { PORTS } from '../ports';
import type { BackOfficePorts } from '../ports';
import { EVERYBODY, Roles } from '../session';

/** What waits for a person, on one page; each figure has its list elsewhere. */
@ApiTags('待办 open items')
@Controller('open-items')
export class OpenItemsController {
  constructor(@Inject(PORTS) private readonly ports: BackOfficePorts) {}

  @Get()
  @Roles(...EVERYBODY)
  @ApiOperation({ summary: '待办:待复核、差错、超时未明的指令、被拒的额度变动、停放的任务、未退回的款项与告警 · what waits for a person' })
  async openItems(): Promise<object> {
    return this.ports.work.read(async (tx) => {
      const [counts] = await tx.query<object>(
        `SELECT (SELECT count(*) FROM proposal WHERE state = 'proposed' AND expires_at > clock_timestamp()) AS proposals,
           (SELECT count(*) FROM reconciliation_break WHERE state IN ('open', 'proposed')) AS breaks,
           (SELECT count(*) FROM bank_order WHERE state IN ('created', 'sent', 'accepted', 'unknown') AND limit_at < clock_timestamp()) AS undecided_bank_orders,
           (SELECT count(*) FROM bank_order o WHERE o.kind = 'CREDIT_MOVE' AND o.state IN ('refused', 'closed')
              AND NOT EXISTS (SELECT FROM reconciliation_break b WHERE b.bank_order_id = o.id AND b.rule = 'people')) AS refused_line_movements,
           (SELECT count(*) FROM job WHERE parked_at IS NOT NULL AND done_at IS NULL) AS parked_jobs,
           (SELECT count(*) FROM payout WHERE state IN ('parking', 'parked')) AS parked_payouts`,
      );
      return { ...plain(counts!), returns: plain(await countOpenReturns(tx)) };
    });
  }
}
