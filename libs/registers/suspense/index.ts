export { mustPark, PARK_AFTER_WORKING_DAYS } from './patience';
export { suspenseAccounts } from './suspense-accounts';
