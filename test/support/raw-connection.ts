import { createDirectBank, type BankAlarm, type DirectBank, type DirectBankOptions } from '#bank/direct-adapter';
import { rawBank, type RawBank } from './raw-bank';

/** The direct adapter, connected to a bank of raw sockets; both new for each test. */
export interface RawConnection {
  readonly bank: RawBank;
  readonly direct: DirectBank;
  /** Calls for a person that the adapter has made in this test. */
  readonly alarms: BankAlarm[];
  /** What the adapter's clock shows; the machine's clock unless set. */
  now: Date | undefined;
  /** Connects once more, with other options. */
  connect(more?: Partial<DirectBankOptions>): Promise<DirectBank>;
}

const limits = { connectTimeoutMs: 1000, answerTimeoutMs: 250, stopMs: 200, openMs: 100, outagesToOpen: 3 };

/** Opens a connection before each test of the file that calls this, and closes it after. */
export function rawConnection(): RawConnection {
  let bank: RawBank;
  let direct: DirectBank;
  const opened: DirectBank[] = [];
  const connection: RawConnection = {
    get bank() {
      return bank;
    },
    get direct() {
      return direct;
    },
    alarms: [],
    now: undefined,
    async connect(more = {}) {
      const clock = { now: () => connection.now ?? new Date() };
      const onAlarm = (alarm: BankAlarm) => connection.alarms.push(alarm);
      const connected = await createDirectBank({ url: bank.url, ...bank.credentials, limits, clock, onAlarm, ...more });
      opened.push(connected);
      return connected;
    },
  };
  beforeEach(async () => {
    connection.alarms.length = 0;
    connection.now = undefined;
    bank = await rawBank();
    direct = await connection.connect();
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) each.disconnect();
    await bank.close();
  });
  return connection;
}
