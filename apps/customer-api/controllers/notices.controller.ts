import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { RawBodyRequest } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refusal, refusals } from '#kernel/faults';
import { Public } from '#platform/http';
import { receiveNotice } from '#registers/bank-order';
import { PORTS } from '../ports';
import type { CustomerApiPorts } from '../ports';

const codes = refusals({
  NOTICE_REJECTED: {
    kind: 'unauthenticated',
    zh: '通知签名无效或不属于本平台',
    en: 'The notice is not signed by the bank for this platform.',
  },
});

interface NoticeRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Where the bank rings. The signature is checked before the body is read; an unsigned, replayed or foreign notice changes nothing. */
@ApiTags('银行通知 bank notices')
@Controller('bank/notices')
export class NoticesController {
  constructor(@Inject(PORTS) private readonly ports: CustomerApiPorts) {}

  @Public()
  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: '银行通知(需银行签名)· a notice signed by the bank' })
  async receive(@Req() request: RawBodyRequest<NoticeRequest>): Promise<{ received: true }> {
    const { method, url, headers } = request as NoticeRequest;
    const notice = this.ports.bank.verifyNotice({ method, path: url, headers, body: request.rawBody ?? Buffer.alloc(0) });
    if (notice === undefined) throw new Refusal(codes.NOTICE_REJECTED);
    await this.ports.work.run((tx) => receiveNotice(tx, notice));
    return { received: true };
  }
}
