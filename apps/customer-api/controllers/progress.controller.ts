import { Controller, Get, Headers, Inject, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Readable } from 'node:stream';
import { refuseUnseenListing } from '#journey/investment';
import type { Uuid } from '#kernel/ids';
import { ApiEventStream, EVENT_STREAM_HEADERS, PublicIdParam } from '#platform/http';
import type { CustomerSession } from '#registers/identity';
import { PORTS } from '../ports';
import type { CustomerApiPorts } from '../ports';
import { ProgressBoard } from '../progress/progress-board';
import { Customer } from '../session';

interface Reply {
  headers(values: Readonly<Record<string, string>>): Reply;
  status(code: number): Reply;
  send(body?: Readable): unknown;
}

const EXAMPLE = {
  id: '3501203120342117',
  event: 'progress',
  data: {
    listingId: 'lst_01jd8x6v3ye5fr2q0c4mzn7k9t',
    state: 'raising',
    sale: 'open',
    boughtPpm: 655_000,
    remainingFen: 3_450_000,
    orders: 131,
    isFinal: false,
  },
};

/** The progress of a raise, as it happens. */
@ApiTags('标的 listings')
@Controller('listings')
export class ProgressController {
  constructor(
    @Inject(PORTS) private readonly ports: CustomerApiPorts,
    @Inject(ProgressBoard) private readonly board: ProgressBoard,
  ) {}

  @Get(':listingId/progress')
  @ApiOperation({
    summary: '募集进度(SSE) · the progress of a raise, as server-sent events',
    description:
      '连接后立即收到当前进度,之后有变化即推送;isFinal 为 true 的事件是最后一个,随后连接关闭。断线后浏览器自动重连。返回 429 时请改为定时查询标的详情。 ' +
      'The first event comes at once, the next ones when something changes; the one with `isFinal` is the last, and the stream ends. A browser comes again by itself; ' +
      'when the answer is 429, ask for the listing now and then instead.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: '浏览器重连时自动带上 | sent by the browser when it comes again' })
  @ApiEventStream('募集进度 | the progress of the raise', EXAMPLE)
  @ApiResponse({ status: 204, description: '募集已结束且已收到最后一个事件,不必再连 | it is over, and this page knows: do not come again' })
  async watch(
    @PublicIdParam('listingId', 'lst') listingId: Uuid,
    @Customer() session: CustomerSession,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: { readonly method: string },
    @Res() reply: Reply,
  ): Promise<void> {
    await this.ports.work.read((tx) => refuseUnseenListing(tx, listingId, session.customerId));
    if (request.method === 'HEAD') {
      reply.headers(EVENT_STREAM_HEADERS).send();
      return;
    }
    const { digest, expiresAt } = session;
    const stream = await this.board.watch({ listingId, session: digest, expiresAt, ...(lastEventId === undefined ? {} : { lastEventId }) });
    if (stream === undefined) reply.status(204).send();
    else reply.headers(EVENT_STREAM_HEADERS).send(stream);
  }
}
