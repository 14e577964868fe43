import { describe, expect, it } from 'vitest';
import { adviceFor, type BrowserFacts } from './webgpuAdvice.ts';

const LINUX = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)';

const about = (userAgent: string, more: Partial<BrowserFacts> = {}) =>
  adviceFor({ userAgent, maxTouchPoints: 0, isSecure: true, ...more });

describe('advice without WebGPU', () => {
  it.each([
    [LINUX, 'Chrome on Linux', /--enable-unsafe-webgpu/],
    [`${WINDOWS} Safari/537.36 Edg/112.0`, 'Edge on Windows', /edge:\/\/gpu/],
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'Firefox on Linux',
      /dom\.webgpu\.enabled/,
    ],
    ['Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox on Windows', /141/],
    [`${MAC} Version/18.1 Safari/605.1.15`, 'Safari on macOS', /Feature Flags/],
    [
      'Mozilla/5.0 (Linux; Android 11) AppleWebKit/537.36 Chrome/118.0 Mobile Safari/537.36',
      'Chrome on Android',
      /121/,
    ],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) CriOS/120.0 Safari/604.1', 'Chrome on iOS', /iOS 26/],
    ['Lynx/2.9', 'this browser', /current Chrome/],
  ])('%s', (userAgent, browser, step) => {
    const advice = about(userAgent);
    expect(advice.browser).toBe(browser);
    expect(advice.steps.join(' ')).toMatch(step);
    expect(advice.steps.every((sentence) => sentence.endsWith('.') || sentence.includes('--'))).toBe(true);
  });

  it('takes a Mac with a touch screen for the iPad that it is', () => {
    const advice = about(`${MAC} Version/18.1 Safari/605.1.15`, { maxTouchPoints: 5 });
    expect(advice.browser).toBe('Safari on iOS');
  });

  it('asks for a secure address first', () => {
    const { steps } = about(LINUX, { isSecure: false });
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatch(/https:\/\//);
  });
});
