import { eventText, EventStream, HEARTBEAT, retryAfter } from './event-stream';

const event = { id: '7', event: 'news', data: { text: 'a\nb', zh: '消息' } };

describe('the text of an event', () => {
  it('is its fields and an empty line, the data on one line', () => {
    expect(eventText(event)).toBe('id: 7\nevent: news\ndata: {"text":"a\\nb","zh":"消息"}\n\n');
    expect(retryAfter(2_500)).toBe('retry: 2500\n\n');
    expect(HEARTBEAT).toMatch(/^: .*\n\n$/);
  });
});

describe('a stream of events', () => {
  it('keeps what fits into its bound for a reader who is slow', () => {
    const stream = new EventStream(10);
    expect(stream.send('12345')).toBe(true);
    expect(stream.send('67890')).toBe(true);
    expect(stream.read()?.toString()).toBe('1234567890');
    expect(stream.send('1234567890')).toBe(true);
  });

  it('lets him go when more would wait, and counts bytes, not letters', () => {
    const stream = new EventStream(10);
    expect(stream.send('消息消')).toBe(true);
    expect(stream.send('12')).toBe(false);
    expect(stream.destroyed).toBe(true);
    expect(stream.send('1')).toBe(false);
  });

  it('ends once, and takes nothing after its end', () => {
    const stream = new EventStream(10);
    stream.finish();
    stream.finish();
    expect(stream.send('1')).toBe(false);
  });
});
