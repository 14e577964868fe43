// What a reader without WebGPU can do about it in this browser. Versions: the implementation status of the WebGPU
// working group (April 2026) and MDN's compatibility data.

export interface BrowserFacts {
  readonly userAgent: string;
  readonly maxTouchPoints: number;
  /** WebGPU is for https and localhost only. */
  readonly isSecure: boolean;
}

export interface Advice {
  /** The browser and the system, as a reader would name them. */
  readonly browser: string;
  /** What to try, in this order; one sentence each. */
  readonly steps: readonly string[];
}

type System = 'Windows' | 'macOS' | 'Linux' | 'ChromeOS' | 'Android' | 'iOS' | 'this system';
type Browser = 'Chrome' | 'Edge' | 'Opera' | 'Firefox' | 'Safari' | 'this browser';

function systemOf({ userAgent, maxTouchPoints }: BrowserFacts): System {
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'iOS';
  if (userAgent.includes('Android')) return 'Android';
  if (userAgent.includes('CrOS')) return 'ChromeOS';
  // An iPad says that it is a Mac, but no Mac has a touch screen.
  if (userAgent.includes('Mac')) return maxTouchPoints > 1 ? 'iOS' : 'macOS';
  if (userAgent.includes('Windows')) return 'Windows';
  return userAgent.includes('Linux') ? 'Linux' : 'this system';
}

function browserOf(userAgent: string): Browser {
  if (/Edg(A|iOS)?\//.test(userAgent)) return 'Edge';
  if (userAgent.includes('OPR/')) return 'Opera';
  if (/Firefox\/|FxiOS\//.test(userAgent)) return 'Firefox';
  if (/Chrom(e|ium)\/|CriOS\//.test(userAgent)) return 'Chrome';
  return userAgent.includes('Safari/') ? 'Safari' : 'this browser';
}

const CHROMIUM_FLAGS =
  '--enable-unsafe-webgpu --ozone-platform=x11 --use-angle=vulkan --enable-features=Vulkan,VulkanFromANGLE';

function chromiumSteps(name: Browser, system: System): string[] {
  const scheme = name === 'Edge' ? 'edge' : 'chrome';
  const look = `Look at ${scheme}://gpu, in the line WebGPU, for the reason.`;
  const acceleration = `In ${name}'s settings, under System, turn graphics acceleration on and start ${name} again.`;
  switch (system) {
    case 'Linux':
      return [
        `Update ${name}: version 144 has WebGPU for Intel GPUs from the 12th generation on, and 147 for NVIDIA with driver 535.183 or later.`,
        acceleration,
        `For other GPUs, start ${name} from a terminal with ${CHROMIUM_FLAGS}.`,
        look,
      ];
    case 'Android':
      return [
        `Update ${name} to version 121 or later, on Android 12 or later with a Qualcomm, ARM or Intel GPU.`,
        look,
      ];
    case 'Windows':
      return [
        `Update ${name} to version 113 or later.`,
        acceleration,
        `On Windows for ARM, turn ${scheme}://flags/#enable-unsafe-webgpu on and start ${name} again.`,
        look,
      ];
    default:
      return [`Update ${name} to version 113 or later.`, acceleration, look];
  }
}

function firefoxSteps(system: System): string[] {
  switch (system) {
    case 'Windows':
      return ['Update Firefox to version 141 or later.', 'Look at about:support, under Graphics, for the reason.'];
    case 'macOS':
      return [
        'On Apple silicon, update Firefox to version 147 or later (145 on macOS 26).',
        'On a Mac with an Intel processor, open this page in Safari 26, Chrome or Edge.',
      ];
    default:
      return [
        'Open this page in Firefox Nightly, which has WebGPU, or in Chrome.',
        'Or open about:config, set dom.webgpu.enabled to true and start Firefox again.',
      ];
  }
}

/** What to try in this browser, for one that gave no WebGPU. */
export function adviceFor(facts: BrowserFacts): Advice {
  const system = systemOf(facts);
  const name = browserOf(facts.userAgent);
  const browser = system === 'this system' ? name : `${name} on ${system}`;
  if (!facts.isSecure)
    return {
      browser,
      steps: ['Open the page through https:// or from localhost: browsers hide WebGPU from other addresses.'],
    };
  // Every browser of iOS is built on WebKit.
  if (system === 'iOS')
    return { browser, steps: ['Update to iOS 26 or iPadOS 26 or later, which has WebGPU in every browser.'] };
  const others = 'Open this page in a current Chrome, Edge, Safari or Firefox.';
  switch (name) {
    case 'Chrome':
    case 'Edge':
    case 'Opera':
      return { browser, steps: chromiumSteps(name, system) };
    case 'Firefox':
      return { browser, steps: firefoxSteps(system) };
    case 'Safari':
      return {
        browser,
        steps: [
          'Update to macOS 26 with Safari 26, which has WebGPU.',
          'In Safari 18, turn WebGPU on in Settings, Feature Flags (Advanced shows that tab), and load the page again.',
        ],
      };
    case 'this browser':
      return { browser, steps: [others] };
  }
}
