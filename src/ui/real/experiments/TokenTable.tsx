// Which tokens are hot? Every token of the vocabulary that a rule drew, with the entropies it was drawn from.

import { useMemo, useState } from 'react';
import type { ModelFindings, TokenEntropies } from '../../../experiments/model/findings.ts';
import { visible } from '../../../lab/step/facts.ts';
import { IntervalBar } from '../../charts/IntervalBar.tsx';
import { Button } from '../../kit/Button.tsx';
import { NumberField } from '../../kit/NumberField.tsx';
import { BareSelect } from '../../kit/Select.tsx';

const ORDERS = {
  mean: { label: 'highest mean entropy first', by: (token: TokenEntropies) => -token.meanNats },
  cold: { label: 'lowest mean entropy first', by: (token: TokenEntropies) => token.meanNats },
  count: { label: 'most frequent first', by: (token: TokenEntropies) => -token.count },
  hot: { label: 'most often hot first', by: (token: TokenEntropies) => -token.hotShare },
  nats: { label: 'largest part of all entropy first', by: (token: TokenEntropies) => -token.meanNats * token.count },
} as const;
type Order = keyof typeof ORDERS;

const ROWS = 20;
const ALL = '';

export function TokenTable({ findings: { entropies } }: { readonly findings: ModelFindings }) {
  const [arm, setArm] = useState<string | null>(null);
  const [order, setOrder] = useState<Order>('mean');
  const [domain, setDomain] = useState(ALL);
  const [least, setLeast] = useState(5);
  const [find, setFind] = useState('');
  const [rows, setRows] = useState(ROWS);
  const shown = entropies.find(({ name }) => name === arm) ?? entropies[0];
  const at = shown?.domains.findIndex((one) => one.domain === domain) ?? -1;
  const tokens = useMemo(() => {
    const { by } = ORDERS[order];
    return (shown?.tokens ?? [])
      .filter(({ piece, count }) => count >= least && piece.includes(find))
      .filter(({ byDomain }) => at === -1 || byDomain[at]! > 0)
      .sort((a, b) => by(a) - by(b) || a.id - b.id);
  }, [shown, order, least, find, at]);
  if (shown === undefined) return null;
  const most = Math.max(1e-9, ...tokens.slice(0, rows).map(({ p90Nats }) => p90Nats));
  return (
    <section className="sheet" aria-label="Tokens by entropy">
      <h3>Which tokens are hot?</h3>
      <p className="quiet">
        A token is listed with the entropy of the distributions that it was drawn from, at temperature 1: the bar spans
        the 10th to the 90th percentile.
      </p>
      <div className="result-choices">
        {entropies.length > 1 && (
          <BareSelect
            label="Tokens of the rule"
            value={shown.name}
            choices={entropies.map(({ name }) => ({ value: name, label: name }))}
            onChange={setArm}
          />
        )}
        <BareSelect
          label="Order of tokens"
          value={order}
          choices={Object.entries(ORDERS).map(([value, { label }]) => ({ value: value as Order, label }))}
          onChange={setOrder}
        />
        {shown.domains.length > 1 && (
          <BareSelect
            label="Tokens in the domain"
            value={at === -1 ? ALL : domain}
            choices={[
              { value: ALL, label: 'in all domains' },
              ...shown.domains.map((one) => ({ value: one.domain, label: `in ${one.domain}` })),
            ]}
            onChange={setDomain}
          />
        )}
        <span className="size-field">
          <span aria-hidden="true">drawn at least</span>
          <NumberField
            label="drawn at least so many times"
            value={least}
            step={1}
            onChange={(value) => setLeast(Math.max(1, Math.round(value)))}
          />
          <span>times</span>
        </span>
        <input
          className="text-field model-find"
          aria-label="Tokens that hold"
          placeholder="holds …"
          value={find}
          onChange={({ target }) => setFind(target.value)}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
      <section className="scrolls" tabIndex={0} aria-label="Table of tokens">
        <table className="model-tokens figures">
          <thead>
            <tr>
              <th scope="col">token</th>
              <th scope="col">times</th>
              <th scope="col">mean entropy, nats</th>
              <th scope="col">p10 to p90</th>
              <th scope="col">hot</th>
              <th scope="col">mean probability</th>
              {shown.domains.length > 1 &&
                shown.domains.map((one) => (
                  <th scope="col" key={one.domain}>
                    in {one.domain}
                  </th>
                ))}
            </tr>
          </thead>
          <tbody>
            {tokens.slice(0, rows).map((token) => (
              <tr key={token.id}>
                <th scope="row">
                  <code title={`token ${token.id}`}>{visible(token.piece) || `#${token.id}`}</code>
                </th>
                <td>{token.count.toLocaleString('en')}</td>
                <td>{token.meanNats.toFixed(3)}</td>
                <td>
                  <IntervalBar
                    text={`${token.p10Nats.toFixed(3)} to ${token.p90Nats.toFixed(3)}`}
                    value={token.meanNats}
                    low={token.p10Nats}
                    high={token.p90Nats}
                    domain={[0, most]}
                  />
                </td>
                <td>{(100 * token.hotShare).toFixed(0)} %</td>
                <td>{token.meanP1.toFixed(3)}</td>
                {shown.domains.length > 1 &&
                  shown.domains.map((one, i) => <td key={one.domain}>{token.byDomain[i]!.toLocaleString('en')}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="quiet figures" aria-live="polite">
        {tokens.length === 0
          ? 'No token is like that.'
          : `${Math.min(rows, tokens.length).toLocaleString('en')} of ${tokens.length.toLocaleString('en')} such tokens; ${shown.tokens.length.toLocaleString('en')} were drawn in all.`}{' '}
        {rows < tokens.length && (
          <Button look="quiet" onClick={() => setRows(rows + 4 * ROWS)}>
            More
          </Button>
        )}
      </p>
    </section>
  );
}
