import type { Cell } from '../../lab/evaluate/store.ts';

const share = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
const nats = (value: number | null) => (value === null ? '–' : `${value.toFixed(3)} nats`);

/** Everything that was measured of one cell. */
export function CellDetails({ cell: { evaluation } }: { readonly cell: Cell }) {
  const { pass, outcomes, rollouts, entropyNats, gate, knowledgeRight, greedy, meanLength, n, prompts, seed } =
    evaluation;
  return (
    <div className="cell-details">
      <div>
        <h3>pass@k</h3>
        <table className="cell-figures">
          <tbody>
            {Object.entries(pass).map(([k, { mean, low, high }]) => (
              <tr key={k}>
                <th scope="row">pass@{k}</th>
                <td>{share(mean)}</td>
                <td className="quiet">
                  {(100 * low).toFixed(1)} – {(100 * high).toFixed(1)}
                </td>
              </tr>
            ))}
            <tr>
              <th scope="row">greedy</th>
              <td>{share(greedy.mean)}</td>
              <td className="quiet">
                {(100 * greedy.low).toFixed(1)} – {(100 * greedy.high).toFixed(1)}
              </td>
            </tr>
          </tbody>
        </table>
      </div>
      <div>
        <h3>outcomes</h3>
        <table className="cell-figures">
          <tbody>
            {Object.entries(outcomes).map(([outcome, count]) => (
              <tr key={outcome}>
                <th scope="row">{outcome}</th>
                <td>{share(count / rollouts)}</td>
                <td className="outcome-bar">
                  <span data-outcome={outcome} style={{ width: `${(100 * count) / rollouts}%` }} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div>
        <h3>tokens</h3>
        <table className="cell-figures">
          <tbody>
            <tr>
              <th scope="row">entropy of forks</th>
              <td>{nats(entropyNats.fork)}</td>
            </tr>
            <tr>
              <th scope="row">entropy of knowledge</th>
              <td>{nats(entropyNats.knowledge)}</td>
            </tr>
            <tr>
              <th scope="row">knowledge right</th>
              <td>{share(knowledgeRight)}</td>
            </tr>
            <tr>
              <th scope="row">gate precision, recall</th>
              <td>
                {share(gate.precision)}, {share(gate.recall)}
              </td>
            </tr>
            <tr>
              <th scope="row">mean length</th>
              <td>{meanLength.toFixed(1)} tokens</td>
            </tr>
            <tr>
              <th scope="row">measured on</th>
              <td>
                {prompts} prompts × {n}, seed {seed}
              </td>
            </tr>
          </tbody>
        </table>
      </div>
    </div>
  );
}
