import 'reflect-metadata';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Controller, Get, Module, Res } from '@nestjs/common';
import { createHttpApp, EVENT_STREAM_HEADERS, EventStream, eventText } from '#platform/http';
import type { HttpApp } from '#platform/http';
import { EventReader } from '../support/event-reader';
import { keptLog } from '../support/jobs';
import { until } from '../support/until';

const BUFFER_BYTES = 64 * 1_024;
const streams: EventStream[] = [];

@Controller('news')
class NewsController {
  @Get()
  read(@Res() reply: { headers(values: object): { send(body: Readable): unknown } }) {
    const stream = new EventStream(BUFFER_BYTES);
    streams.push(stream);
    reply.headers(EVENT_STREAM_HEADERS).send(stream);
  }
}

@Module({ controllers: [NewsController] })
class NewsModule {}

describe('a stream of events over HTTP', () => {
  let api: HttpApp;
  beforeAll(async () => {
    api = await createHttpApp(NewsModule, {
      name: 'news',
      port: 0,
      openapi: { title: '新闻 | News', description: 'News.' },
      log: keptLog(),
    });
  });
  afterAll(() => api.close());
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.destroy();
  });

  const newest = async (count: number): Promise<EventStream> => {
    await until(`there are ${count} streams`, () => streams.length === count);
    return streams[count - 1]!;
  };
  const event = (id: number): string => eventText({ id: String(id), event: 'news', data: { id, text: '消息'.repeat(1_000) } });

  it('lets a reader go who does not read, when more than its bound would wait for him, and serves the others meanwhile', async () => {
    const deaf: Socket = connect(api.port, '127.0.0.1');
    deaf.on('error', () => undefined);
    deaf.pause();
    deaf.write('GET /news HTTP/1.1\r\nhost: news\r\n\r\n');
    const slow = await newest(1);
    const opening = EventReader.open(`${api.url}/news`);
    const quick = await newest(2);
    let sent = 0;
    let isKept = true;
    while (isKept) {
      sent += 1;
      isKept = slow.send(event(sent));
      expect(slow.readableLength).toBeLessThanOrEqual(BUFFER_BYTES);
      expect(quick.send(event(sent))).toBe(true);
      await until('the quick one has read it', async () => (await opening).events.length === sent);
    }
    expect(slow.destroyed).toBe(true);
    expect(sent).toBeGreaterThan(10);
    expect(slow.send(event(sent))).toBe(false);
    deaf.resume();
    await once(deaf, 'close');
    (await opening).close();
  });

  it('is over for the sender when the reader has gone', async () => {
    const opening = EventReader.open(`${api.url}/news`);
    const stream = await newest(1);
    stream.send(event(1));
    (await opening).close();
    await until('the stream is gone', () => stream.destroyed);
    expect(stream.send(event(2))).toBe(false);
  });

  it('ends in order after what was sent', async () => {
    const opening = EventReader.open<{ id: number }>(`${api.url}/news`);
    const stream = await newest(1);
    stream.send(event(1));
    stream.send(event(2));
    stream.finish();
    expect(stream.send(event(3))).toBe(false);
    const reader = await opening;
    await until('it has ended', () => reader.hasEnded);
    expect(reader.events.map(({ data }) => data.id)).toEqual([1, 2]);
    expect(reader.headers['content-security-policy']).toBeDefined();
  });
});
