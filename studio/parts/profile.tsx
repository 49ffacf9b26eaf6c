/** The six scores of a verdict, and the two that sum them up. */
import { DIMENSIONS } from "../../src/data/dimensions.js";
import type { Judgement } from "../../src/data/records.js";
import { score } from "./numbers.js";

export function Profile({ of }: { of: Judgement }) {
  const rows = DIMENSIONS.map((dimension) => ({ dimension, value: of.profile[dimension] }));
  return (
    <table class="profile">
      <caption>Six-dimension profile: 0 is no fault</caption>
      <tbody>
        {rows.map(({ dimension, value }) => (
          <tr key={dimension}>
            <th scope="row">
              <span class={`dimension ${dimension}`}>{dimension}</span>
            </th>
            <td class="profile-bar">
              <span class="bar" aria-hidden="true">
                <span class={`fill ${dimension}`} style={{ width: `${100 * (value ?? 0)}%` }} />
              </span>
            </td>
            <td class="number">{score(value)}</td>
          </tr>
        ))}
        <tr class="sum">
          <th scope="row">wrongness</th>
          <td class="profile-bar">
            <span class="bar" aria-hidden="true">
              <span class="fill" style={{ width: `${100 * of.wrongness}%` }} />
            </span>
          </td>
          <td class="number">{score(of.wrongness)}</td>
        </tr>
        <tr class="sum">
          <th scope="row">absurdity</th>
          <td class="profile-bar">
            <span class="bar" aria-hidden="true">
              <span class="fill" style={{ width: `${100 * of.absurdity}%` }} />
            </span>
          </td>
          <td class="number">{score(of.absurdity)}</td>
        </tr>
      </tbody>
    </table>
  );
}

/** The findings in words, in the order of the text. */
export function Findings({ of }: { of: Judgement }) {
  if (of.findings.length === 0)
    return <p class="muted">The verifier found nothing to say of this solution.</p>;
  return (
    <ol class="findings">
      {of.findings.map(({ dimension, message, severity, step }, i) => (
        <li key={i}>
          <span class={`dimension ${dimension}`}>{dimension}</span> {message}{" "}
          <span class="muted">
            (step {step + 1}, severity {score(severity, 1)})
          </span>
        </li>
      ))}
    </ol>
  );
}
