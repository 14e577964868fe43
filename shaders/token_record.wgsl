// Ending a row's step: the record of its token (eight words, TokenRecords in src/temperature/record.ts) and its state.
// records: [rows, records_a_row, 8]; forced: [rows, records_a_row], token + 1, 0 where the draw decides.

const RECORD_WORDS = 8u;
const RECORD_TOKEN = 0u;
const RECORD_ENTROPY = 1u;
const RECORD_THRESHOLD = 2u;
const RECORD_QUEUE = 3u;
const RECORD_HOT = 4u;
const RECORD_TAU = 5u;
const RECORD_LOGP_TAU = 6u;
const RECORD_LOGP_1 = 7u;

const NAN_BITS = 0x7fc00000u;
const LOG_ZERO_BITS = 0xff800000u;

const DONE = 1u;
const FAILED = 2u;

/// What log-probs are made of: the largest logit, z = sum e^(l - largest), the same at tau over the kept tokens, and
/// the smallest logit kept.
struct Mass {
  largest: f32,
  z1: f32,
  z_tau: f32,
  cut: f32,
}

fn record_first(row: u32, generated: u32) -> u32 {
  return (row * globals.records_a_row + generated) * RECORD_WORDS;
}

/// Records the token (or the one forced upon the row) with its log-probs and advances the row.
fn take_token(row: u32, record: u32, drawn: u32, tau: f32, mass: Mass) {
  var state = row_states[row];
  var token = drawn;
  if (globals.has_forced != 0u) {
    let wanted = forced[row * globals.records_a_row + state.generated];
    token = select(drawn, wanted - 1u, wanted != 0u);
  }
  let logit = max(one_logit(row, token), LOWEST);
  let below = logit - mass.largest;
  let possible = logit > LOWEST;
  let logp1 = bitcast<u32>(below - natural_log(mass.z1));
  var logp_tau = 0u;
  if (tau != 0.0) {
    logp_tau = select(LOG_ZERO_BITS, bitcast<u32>(below / tau - natural_log(mass.z_tau)), possible && logit >= mass.cut);
  }
  records[record + RECORD_TOKEN] = token;
  records[record + RECORD_LOGP_TAU] = logp_tau;
  records[record + RECORD_LOGP_1] = select(LOG_ZERO_BITS, logp1, possible);

  state.token = token;
  state.length++;
  state.generated++;
  state.done = select(0u, DONE, state.generated >= globals.max_new_tokens);
  for (var i = 0u; i < globals.stop_count; i++) {
    if (globals.stop_tokens[i / 4u][i % 4u] == token) {
      state.done = DONE;
    }
  }
  row_states[row] = state;
}

/// A row whose logits hold a NaN, +infinity or nothing finite stops with a record of NaN.
fn fail_row(row: u32, record: u32, n: u32, threshold: u32) {
  records[record + RECORD_TOKEN] = 0u;
  records[record + RECORD_ENTROPY] = NAN_BITS;
  records[record + RECORD_THRESHOLD] = threshold;
  records[record + RECORD_QUEUE] = n;
  records[record + RECORD_HOT] = 0u;
  records[record + RECORD_TAU] = NAN_BITS;
  records[record + RECORD_LOGP_TAU] = NAN_BITS;
  records[record + RECORD_LOGP_1] = NAN_BITS;
  row_states[row].done = FAILED;
}
