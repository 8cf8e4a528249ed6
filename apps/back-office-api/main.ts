import { runProcess } from '#platform/processes';
import { serveOperators } from './serve';

/** Operators, checkers and auditors. */
runProcess('back-office-api', serveOperators);
