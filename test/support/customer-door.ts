import { randomBytes } from 'node:crypto';
import { Admission } from '#journey/investment';
import { publicId } from '#kernel/ids';
import type { Uuid } from '#kernel/ids';
import { createHttpApp } from '#platform/http';
import type { HttpApp } from '#platform/http';
import { CustomerSessions, openCustomerSession, sealer } from '#registers/identity';
import { customerApiModule } from '../../apps/customer-api/customer-api.module';
import { openapi } from '../../apps/customer-api/openapi';
import type { CustomerApiPorts } from '../../apps/customer-api/ports';
import { waysOut } from '../../apps/customer-api/ways-out';
import { CountedWork } from './counted-work';
import type { ProgressSeen } from './customers-sight';
import { Door } from './door';
import { EventReader } from './event-reader';
import { keptLog } from './jobs';
import type { Customer, RaiseWorld } from './raise-world';

/** The customer API over HTTP on a raise world's database, in this process; nobody has to go through the bank's single sign-on. */
export class CustomerDoor {
  private constructor(
    private readonly world: RaiseWorld,
    readonly http: HttpApp,
    readonly work: CountedWork,
    readonly log: ReturnType<typeof keptLog>,
  ) {}

  static async open(world: RaiseWorld, watching: CustomerApiPorts['watching'] = {}): Promise<CustomerDoor> {
    const work = new CountedWork(world.db.database.dataSource);
    const log = keptLog();
    const ports: CustomerApiPorts = {
      work,
      bank: world.bank,
      admission: new Admission(work),
      sessions: new CustomerSessions(work),
      sealer: sealer([{ id: 'test', key: randomBytes(32) }]),
      sandbox: true,
      publicUrl: () => 'http://127.0.0.1',
      signOn: () => {
        throw new Error('nobody signs on here');
      },
      log,
      watching,
    };
    return new CustomerDoor(
      world,
      await createHttpApp(customerApiModule(ports), { name: 'customer-api', port: 0, openapi, log, ways: waysOut }),
      work,
      log,
    );
  }

  /** A new login of a customer. */
  async as(customer: Customer): Promise<Door> {
    const { token } = await this.world.db.work.run((tx) => openCustomerSession(tx, { customerId: customer.id, authTime: new Date() }));
    return new Door(this.http.url, { cookie: `rq_session=${token}` });
  }

  /** A page that watches a listing's raise. */
  watch(door: Door, listing: { readonly id: Uuid }, headers: Readonly<Record<string, string>> = {}): Promise<EventReader<ProgressSeen>> {
    return EventReader.open(`${this.http.url}/listings/${publicId('lst', listing.id)}/progress`, { ...door.headers, ...headers });
  }

  close(): Promise<void> {
    return this.http.close();
  }
}
