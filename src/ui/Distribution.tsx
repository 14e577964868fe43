import { GLYPHS } from '../lab/specimen.ts';
import { temperedProbabilities } from '../lab/tempered.ts';

interface Props {
  /** log softmax(z), nats, by token id. */
  readonly logp1: Float32Array;
  /** The id that was drawn. */
  readonly chosen: number;
  readonly isHot: boolean;
  readonly tauHigh: number;
  readonly tauLow: number;
}

/** The raw distribution beside the same logits at both temperatures, likeliest token first. */
export function Distribution({ logp1, chosen, isHot, tauHigh, tauLow }: Props) {
  const columns = [
    { name: 'raw, τ = 1', kind: 'raw', p: temperedProbabilities(logp1, 1), isUsed: false },
    { name: `▼ τ = ${tauLow.toFixed(2)}`, kind: 'cold', p: temperedProbabilities(logp1, tauLow), isUsed: !isHot },
    { name: `▲ τ = ${tauHigh.toFixed(2)}`, kind: 'hot', p: temperedProbabilities(logp1, tauHigh), isUsed: isHot },
  ];
  const order = Array.from(logp1.keys()).sort((a, b) => logp1[b]! - logp1[a]! || a - b);
  return (
    <table className="distribution">
      <caption>Next-token distribution it was drawn from</caption>
      <thead>
        <tr>
          <th scope="col">token</th>
          {columns.map(({ name, kind, isUsed }) => (
            <th scope="col" key={kind} className={isUsed ? 'used' : ''}>
              {name}
              {isUsed && <small> drawn</small>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {order.map((id) => (
          <tr key={id} className={id === chosen ? 'chosen' : ''}>
            <th scope="row" className="glyph">
              {GLYPHS[id]}
            </th>
            {columns.map(({ kind, p, isUsed }) => (
              <td key={kind} className={isUsed ? 'used' : ''}>
                <span className={`share ${kind}`} style={{ width: `${100 * p[id]!}%` }} />
                <span className="percent">{(100 * p[id]!).toFixed(1)} %</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
