import { expect, test } from 'vitest';
import { cacheFolder } from './cache-folder.ts';

test('what is built is kept where the environment says', () => {
  expect(cacheFolder({ ZDC_LINUX_CACHE: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' })).toBe('/a');
  expect(cacheFolder({ XDG_CACHE_HOME: '/b', HOME: '/c' })).toBe('/b/zone-device-conformance/linux');
  expect(cacheFolder({ HOME: '/c' })).toBe('/c/.cache/zone-device-conformance/linux');
});
