// The objective of an update as data: every variant is a row of one table, and any field of a row may be changed.
// The loss (loss.ts) reads the fields, never the variant's name.
//
//   GRPO       2402.03300      DAPO       2503.14476      Dr. GRPO   2503.20783
//   GSPO       2507.18071      CISPO      2506.13585      80/20      2506.01939
//   Archer     2507.15778      Clip-Cov, KL-Cov  2505.22617

import * as v from 'valibot';

const finite = v.pipe(v.number(), v.finite());
const notNegative = v.pipe(finite, v.minValue(0));
const share = v.pipe(finite, v.gtValue(0), v.maxValue(1));
const clipLow = v.pipe(finite, v.minValue(0), v.maxValue(1));

const knowledgeSchema = v.strictObject({
  /** Tokens whose entropy is not above this quantile of their own response are knowledge. */
  coldFraction: v.optional(v.pipe(finite, v.minValue(0), v.maxValue(1)), 0.8),
  clipLow: v.optional(clipLow, 0.2),
  clipHigh: v.optional(notNegative, 0.2),
  klWeight: v.optional(notNegative, 0.001),
});

const covarianceSchema = v.variant('kind', [
  /** Clip-Cov: a share of all tokens, drawn from those whose covariance is in (low, high), gets no gradient. */
  v.strictObject({
    kind: v.literal('clip'),
    share: v.optional(share, 0.0002),
    low: v.optional(finite, 1),
    high: v.optional(finite, 5),
  }),
  /** KL-Cov: the share of tokens with the largest covariance pays weight * |log ratio|. */
  v.strictObject({ kind: v.literal('kl'), share: v.optional(share, 0.0002), weight: v.optional(notNegative, 1) }),
]);

const fields = {
  /** Divide advantages by the group's standard deviation, or only centre them. Read by the trainer. */
  advantageScale: v.picklist(['std', 'none']),
  /** Generation batches that may be drawn to fill a step with groups worth an update; 1: take groups as they come. */
  generationBatches: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
  /** Lc / Lmax of the soft overlong penalty; null: none. Read by the trainer. */
  overlongShare: v.nullable(share),

  /** One ratio per token, or one per response: exp of its mean log ratio. */
  ratio: v.picklist(['token', 'response']),
  /** clipped: min(r A, clip(r) A); weighted: stopgrad(min(r, 1 + clipHigh)) A logp; plain: r A. */
  surrogate: v.picklist(['clipped', 'weighted', 'plain']),
  /** e_low: ratios are clipped at 1 - e_low. */
  clipLow,
  /** e_high: ratios are clipped at 1 + e_high. */
  clipHigh: notNegative,
  /** c: where A < 0 the loss of a token is at most c |A|; null: no bound. */
  dualClip: v.nullable(v.pipe(finite, v.gtValue(1))),
  /** response: mean per response, then over responses; token: over the batch; length: sum / (responses * Lmax). */
  average: v.picklist(['response', 'token', 'length']),
  /** Share of the batch's tokens, those of highest entropy, that the policy loss is taken over. */
  entropyShare: share,

  /** beta of the k3 estimate of KL(new, reference). */
  klWeight: notNegative,
  /** loss: averaged as the policy loss is; class: reasoning and knowledge each averaged over their own tokens. */
  klAverage: v.picklist(['loss', 'class']),
  /** Clip and KL weight of knowledge tokens; the fields above then hold for reasoning tokens. null: one class. */
  knowledge: v.nullable(knowledgeSchema),
  covariance: v.nullable(covarianceSchema),
};

const settingsSchema = v.strictObject(fields);
type LossSettings = v.InferOutput<typeof settingsSchema>;

const GRPO: LossSettings = {
  advantageScale: 'std',
  generationBatches: 1,
  overlongShare: null,
  ratio: 'token',
  surrogate: 'clipped',
  clipLow: 0.2,
  clipHigh: 0.2,
  dualClip: null,
  average: 'response',
  entropyShare: 1,
  klWeight: 0,
  klAverage: 'loss',
  knowledge: null,
  covariance: null,
};

/** The authors of 2510.08892 add dualClip 10 to their DAPO. */
const DAPO: LossSettings = { ...GRPO, clipHigh: 0.28, average: 'token', generationBatches: 10, overlongShare: 0.2 };

const KNOWLEDGE = { coldFraction: 0.8, clipLow: 0.2, clipHigh: 0.2, klWeight: 0.001 };

/** What each variant sets. */
export const VARIANTS = {
  grpo: GRPO,
  dapo: DAPO,
  'dr-grpo': { ...GRPO, advantageScale: 'none', average: 'length' },
  gspo: { ...GRPO, ratio: 'response', clipLow: 3e-4, clipHigh: 4e-4 },
  // 2506.13585 does not print e_high; a largest weight of 5 is what TRL recommends.
  cispo: { ...GRPO, surrogate: 'weighted', clipHigh: 4, average: 'token' },
  '80/20': { ...DAPO, entropyShare: 0.2 },
  archer: {
    ...GRPO,
    clipLow: 0.5,
    clipHigh: 0.5,
    dualClip: 10,
    average: 'token',
    klAverage: 'class',
    knowledge: KNOWLEDGE,
  },
  // Both resample groups as DAPO does, and Clip-Cov leaves ratios free up to 2, as its authors' scripts set them.
  'clip-cov': {
    ...GRPO,
    generationBatches: 10,
    clipLow: 1,
    clipHigh: 1,
    average: 'token',
    covariance: { kind: 'clip', share: 0.0002, low: 1, high: 5 },
  },
  'kl-cov': {
    ...GRPO,
    generationBatches: 10,
    surrogate: 'plain',
    average: 'token',
    covariance: { kind: 'kl', share: 0.0002, weight: 1 },
  },
} as const satisfies Readonly<Record<string, LossSettings>>;

export type Variant = keyof typeof VARIANTS;

const variants = Object.keys(VARIANTS) as Variant[];

/** { variant, and what differs from it } -> the whole objective. */
export const lossSchema = v.pipe(
  v.strictObject({
    variant: v.optional(v.picklist(variants), 'grpo'),
    advantageScale: v.exactOptional(fields.advantageScale),
    generationBatches: v.exactOptional(fields.generationBatches),
    overlongShare: v.exactOptional(fields.overlongShare),
    ratio: v.exactOptional(fields.ratio),
    surrogate: v.exactOptional(fields.surrogate),
    clipLow: v.exactOptional(fields.clipLow),
    clipHigh: v.exactOptional(fields.clipHigh),
    dualClip: v.exactOptional(fields.dualClip),
    average: v.exactOptional(fields.average),
    entropyShare: v.exactOptional(fields.entropyShare),
    klWeight: v.exactOptional(fields.klWeight),
    klAverage: v.exactOptional(fields.klAverage),
    knowledge: v.exactOptional(fields.knowledge),
    covariance: v.exactOptional(fields.covariance),
  }),
  v.transform((changed): LossConfig => ({ ...VARIANTS[changed.variant], ...changed })),
  v.check(
    ({ ratio, covariance }) => ratio === 'token' || covariance === null,
    'covariance is of tokens and needs one ratio per token',
  ),
);

export interface LossConfig extends LossSettings {
  /** Where the fields that were not given came from. */
  readonly variant: Variant;
}

export type LossConfigInput = v.InferInput<typeof lossSchema>;

/** True: the objective needs the reference policy's log-probs. */
export function needsReference(config: LossConfig): boolean {
  return config.klWeight > 0 || (config.knowledge?.klWeight ?? 0) > 0;
}
