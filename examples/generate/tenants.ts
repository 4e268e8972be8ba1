/**
 * What the tenants run: a shop, its payments, a machine learning team, and the builds of everybody.
 *
 * Two of them show what a shared cluster suffers from: namespace `ci` puts a build id into a label, and `ml-notebooks`
 * has an identity for each user, so that a change of its namespace labels moves all of them at once.
 */
import {
  cronJob,
  deployment,
  job,
  repeat,
  statefulSet,
  tenantNamespace,
  type BarePods,
  type FolderDescription,
  type WorkloadDescription,
} from './description.ts';

function database(name: string): WorkloadDescription {
  return statefulSet(name, 3, { labels: { tier: 'data' }, ports: ['postgres:5432'] });
}

const cache: WorkloadDescription = statefulSet('redis', 1, { labels: { tier: 'cache' }, ports: ['redis:6379'] });

const api = { labels: { tier: 'api' }, ports: ['http:8080', 'metrics:9090'] } as const;
const worker = { labels: { tier: 'worker' }, ports: ['metrics:9090'] } as const;

export const shop: FolderDescription = {
  folder: '10-shop',
  namespaces: [
    tenantNamespace('shop', 'shop-web', 'prod', [
      deployment('frontend', 10, { labels: { tier: 'frontend' }, ports: ['http:8080'], former: [{ track: 'canary' }] }),
      deployment('bff', 6, api),
      cache,
    ]),
    tenantNamespace('shop', 'shop-catalog', 'prod', [
      deployment('catalog', 8, { ...api, former: [{ generation: 'v1' }] }),
      deployment('indexer', 3, worker),
      database('catalog-db'),
    ]),
    tenantNamespace('shop', 'shop-cart', 'prod', [deployment('cart', 6, api), cache, database('cart-db')]),
    tenantNamespace('shop', 'shop-checkout', 'prod', [
      deployment('checkout', 8, { ...api, former: [{ track: 'canary' }] }),
      deployment('order-worker', 4, worker),
      database('orders-db'),
      cronJob('abandoned-carts', '*/20 * * * *', ['forgotten', 'forgotten', 'finished', 'running'], worker),
    ]),
    tenantNamespace('shop', 'shop-search', 'prod', [
      deployment('search', 5, api),
      statefulSet('opensearch', 3, { labels: { tier: 'data' }, ports: ['http:9200', 'transport:9300'] }),
      cronJob('reindex', '0 * * * *', ['forgotten', 'finished'], worker),
    ]),
    tenantNamespace('shop', 'shop-staging', 'staging', [
      deployment('frontend', 1, { labels: { tier: 'frontend' }, ports: ['http:8080'] }),
      deployment('checkout', 1, api),
      deployment('catalog', 1, api),
      cache,
    ]),
  ],
};

export const payments: FolderDescription = {
  folder: '20-payments',
  namespaces: [
    tenantNamespace('payments', 'payments-api', 'prod', [
      deployment('payment-api', 8, { ...api, former: [{ pci: 'pending' }] }),
      deployment('webhook-dispatcher', 4, worker),
    ]),
    tenantNamespace('payments', 'payments-ledger', 'prod', [
      deployment('ledger', 6, api),
      database('ledger-db'),
      cronJob('reconcile', '*/30 * * * *', ['forgotten', 'forgotten', 'finished'], worker),
    ]),
    tenantNamespace('payments', 'payments-fraud', 'prod', [
      deployment('scorer', 8, { ...api, former: [{ model: 'gbm-7' }, { model: 'gbm-8' }] }),
      deployment('rules', 3, api),
      cache,
    ]),
    tenantNamespace('payments', 'payments-reporting', 'prod', [
      deployment('exporter', 2, worker),
      cronJob('bank-files', '15 */2 * * *', ['finished', 'running'], worker),
    ]),
    tenantNamespace('payments', 'payments-staging', 'staging', [
      deployment('payment-api', 1, api),
      deployment('ledger', 1, api),
      database('ledger-db'),
    ]),
  ],
};

const NOTEBOOK_USERS = (
  'ada albert anita barbara carl chien dorothy edsger emmy enrico frances grace ' +
  'hedy james joan katherine lise margaret niels radia richard rosalind sophie tim'
).split(' ');

/** As a notebook hub makes them: a pod for each user, owned by nobody. */
const notebooks: BarePods = {
  kind: 'Pod',
  name: 'jupyter',
  labels: { app: 'jupyterhub', component: 'singleuser-server' },
  ports: ['notebook:8888'],
  pods: NOTEBOOK_USERS.map((user) => ({ suffix: user, labels: { 'hub.jupyter.org/username': user }, count: 1 })),
  former: ['alan', 'claude', 'john', 'kurt', 'leonhard'].map((user) => ({ 'hub.jupyter.org/username': user })),
};

export const ml: FolderDescription = {
  folder: '30-ml',
  namespaces: [
    tenantNamespace('ml', 'ml-notebooks', 'prod', [
      deployment('hub', 1, { labels: { component: 'hub' }, ports: ['http:8081'] }),
      deployment('proxy', 2, { labels: { component: 'proxy' }, ports: ['http:8000'] }),
      notebooks,
    ]),
    tenantNamespace('ml', 'ml-training', 'prod', [
      job('train-ranking-0911', 'finished', { labels: { model: 'ranking' } }),
      job('train-ranking-0912', 'running', { labels: { model: 'ranking' } }),
      job('train-recommend-2207', 'running', { labels: { model: 'recommend' } }),
      cronJob(
        'embed-products',
        '*/15 * * * *',
        [...repeat('forgotten' as const, 4), 'finished', 'finished', 'running'],
        {
          labels: { model: 'embeddings' },
        },
      ),
    ]),
    tenantNamespace('ml', 'ml-serving', 'prod', [
      deployment('ranking', 5, { ...api, former: [{ model: 'ranking-30' }] }),
      deployment('recommend', 5, api),
      deployment('search-rerank', 4, api),
      deployment('vision', 3, api),
    ]),
    tenantNamespace('ml', 'ml-features', 'prod', [
      deployment('feature-store', 4, api),
      statefulSet('redis', 3, { labels: { tier: 'cache' }, ports: ['redis:6379'] }),
    ]),
  ],
};

const FIRST_BUILD = 81_104;
const FORGOTTEN_BUILDS = 68;
/** Pods of each build that runs now. */
const RUNNING_BUILDS = [3, 2, 1, 2, 1, 1, 2, 1, 3];

function buildId(index: number): string {
  return String(FIRST_BUILD + index);
}

/** As a CI runner makes them: pods without an owner, each with the number of its build as a label. */
const builds: BarePods = {
  kind: 'Pod',
  name: 'job-runner',
  serviceAccount: 'job-runner',
  pods: RUNNING_BUILDS.map((count, index) => {
    const build = buildId(FORGOTTEN_BUILDS + index);
    return { suffix: build, labels: { 'build-id': build }, count };
  }),
  former: Array.from({ length: FORGOTTEN_BUILDS }, (_, index) => ({ 'build-id': buildId(index) })),
};

function preview(number: number): WorkloadDescription[] {
  return [
    deployment('frontend', 1, { labels: { tier: 'frontend', pull: String(number) }, ports: ['http:8080'] }),
    deployment('catalog', 1, { labels: { tier: 'api', pull: String(number) }, ports: ['http:8080'] }),
  ];
}

export const ci: FolderDescription = {
  folder: '40-ci',
  namespaces: [
    tenantNamespace('ci', 'ci', 'prod', [builds]),
    tenantNamespace('ci', 'ci-system', 'prod', [
      deployment('runner-manager', 2, { ports: ['metrics:9252'] }),
      deployment('registry-mirror', 3, { ports: ['https:5000'] }),
      statefulSet('build-cache', 2, { ports: ['grpc:9092'] }),
    ]),
    tenantNamespace('ci', 'ci-preview-4127', 'staging', preview(4127)),
    tenantNamespace('ci', 'ci-preview-4130', 'staging', preview(4130)),
  ],
};
