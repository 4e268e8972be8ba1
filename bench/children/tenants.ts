/**
 * The same decision on one cluster of 10, 100 and 1,000 tenants, side by side.
 */
import { argument } from './argument.ts';
import { report } from './reporting.ts';
import { measureSideBySide } from '../model/side-by-side.ts';
import { tenantOperations } from '../model/tenants.ts';

const rounds = Number(argument(0));
const { unit, operations } = tenantOperations();
const results = measureSideBySide({
  table: 'One decision, by the number of tenants',
  against: '10 tenants',
  unit,
  operations,
  rounds,
  warmUpRounds: 3,
});
report({ type: 'tenants', results });
