/** Names are in Cilium's manner, with a part of our own. */
export const PREFIX = 'cilium_bulkhead_';
