import { Admission } from '#journey/investment';
import { runProcess } from '#platform/processes';
import { serveCustomers } from './serve';

/** H5 pages of investors and borrowers, and the bank's notices. */
runProcess('customer-api', (context) => serveCustomers(context, (work, caps) => new Admission(work, caps)));
