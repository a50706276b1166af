import { css } from 'lit';

/**
 * Colours come from the user's theme; text keeps the theme's own, so that it can be read on any of them. Those of icons and bars
 * are mixed with it, so that they stand out against the ground, too.
 */
export const styles = css`
  :host {
    display: block;
    container-type: inline-size;
    --fuss: color-mix(in srgb, var(--warning-color, #ffa600) 68%, var(--primary-text-color));
    --scream: var(--error-color, #db4437);
    --cry: color-mix(in srgb, var(--fuss), var(--scream));
    --quiet: color-mix(in srgb, var(--success-color, #43a047) 80%, var(--primary-text-color));
    --surface: var(--ha-card-background, var(--card-background-color, #fff));
    --faint: color-mix(in srgb, var(--primary-text-color) 7%, transparent);
  }
  ha-card {
    display: flex;
    flex-direction: column;
    gap: 20px;
    box-sizing: border-box;
    height: 100%;
    padding: 16px;
    font-size: 14px;
    line-height: 20px;
    color: var(--primary-text-color);
    transition: background-color 0.3s;
  }
  ha-card.crying {
    background-color: color-mix(in srgb, var(--scream) 8%, var(--surface));
  }
  h2,
  h3,
  p,
  ul {
    margin: 0;
    padding: 0;
    font: inherit;
  }
  h3,
  p,
  summary,
  .hours,
  .line-up > :last-child {
    color: var(--secondary-text-color);
  }
  button {
    padding: 0;
    border: 0;
    font: inherit;
    color: inherit;
    background: none;
    cursor: pointer;
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  ha-icon {
    --mdc-icon-size: 20px;
    flex: none;
  }
  section {
    display: flex;
    flex-direction: column;
    gap: 8px;
  }
  .line-up {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 12px;
  }
  .notice {
    color: var(--primary-text-color);
  }
  .notice:empty {
    display: none;
  }

  /* now */
  header {
    display: flex;
    align-items: center;
    gap: 16px;
    --shown: var(--secondary-text-color);
  }
  header div {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: 20px;
    line-height: 28px;
    font-weight: 500;
  }
  .quiet {
    --shown: var(--quiet);
  }
  .offline,
  .played,
  .deaf,
  .away,
  .failed,
  .incomplete,
  .gone,
  .fuss {
    --shown: var(--fuss);
  }
  .crying,
  .cry {
    --shown: var(--cry);
  }
  .scream {
    --shown: var(--scream);
  }
  .shape {
    position: relative;
    display: grid;
    place-items: center;
    flex: none;
    width: 52px;
    height: 52px;
    border-radius: 50%;
    color: var(--shown);
    background: color-mix(in srgb, var(--shown) 20%, transparent);
  }
  .shape ha-icon {
    --mdc-icon-size: 30px;
  }
  .crying .shape::after {
    content: '';
    position: absolute;
    inset: 0;
    border: 2px solid var(--shown);
    border-radius: 50%;
    animation: ring 1.6s ease-out infinite;
  }
  @keyframes ring {
    to {
      transform: scale(1.3);
      opacity: 0;
    }
  }
  .meter {
    display: flex;
    align-items: flex-end;
    gap: 4px;
    height: 28px;
  }
  .meter span {
    width: 7px;
    border-radius: 3px;
    background: color-mix(in srgb, var(--primary-text-color) 16%, transparent);
    forced-color-adjust: none;
  }
  .meter span:nth-child(1) {
    height: 36%;
  }
  .meter span:nth-child(2) {
    height: 68%;
  }
  .meter span:nth-child(3) {
    height: 100%;
  }
  .meter .lit {
    background: var(--shown);
  }

  /* tonight */
  .strip {
    position: relative;
    display: block;
    height: 52px;
    border-radius: 12px;
    background: var(--faint);
    overflow: hidden;
    forced-color-adjust: none;
  }
  .strip.empty {
    display: grid;
    place-items: center;
    padding: 0 12px;
    text-align: center;
  }
  .strip span {
    position: absolute;
    bottom: 0;
  }
  .strip .line {
    top: 0;
    width: 1px;
    background: var(--faint);
  }
  .strip .future {
    top: 0;
    right: 0;
    background: var(--surface);
    opacity: 0.6;
  }
  .strip .now {
    top: 0;
    width: 2px;
    margin-left: -2px;
    background: var(--primary-text-color);
  }
  .strip .bar {
    border-radius: 2px 2px 0 0;
    background: var(--shown);
  }
  .bar.fuss {
    height: 34%;
  }
  .bar.cry {
    height: 62%;
  }
  .bar.scream {
    height: 90%;
  }
  .gap {
    background: repeating-linear-gradient(
      -45deg,
      color-mix(in srgb, var(--primary-text-color) 26%, transparent) 0 1.5px,
      transparent 1.5px 6px
    );
  }
  .strip .gap {
    top: 0;
  }
  .hours,
  .legend {
    font-size: 12px;
    line-height: 16px;
  }
  .hours {
    position: relative;
    height: 16px;
    margin-top: -4px;
    font-variant-numeric: tabular-nums;
  }
  .hours span {
    position: absolute;
    transform: translateX(-50%);
    white-space: nowrap;
  }
  @container (max-width: 300px) {
    .hours :nth-child(even) {
      display: none;
    }
  }
  .legend {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .legend .gap {
    width: 20px;
    height: 12px;
    border-radius: 4px;
    background-color: var(--faint);
  }

  /* why */
  .guess {
    display: grid;
    grid-template-columns: auto 1fr auto;
    align-items: center;
    gap: 8px;
    font-size: 16px;
    line-height: 24px;
    font-weight: 500;
  }
  .figure {
    font-variant-numeric: tabular-nums;
  }
  .track {
    position: relative;
    grid-column: 1 / -1;
    height: 6px;
    border-radius: 3px;
    background: color-mix(in srgb, var(--primary-text-color) 12%, transparent);
    forced-color-adjust: none;
  }
  .track span {
    display: block;
    height: 100%;
    border-radius: 3px;
    background: var(--primary-color);
  }
  .track i {
    position: absolute;
    top: -3px;
    bottom: -3px;
    width: 2px;
    margin-left: -1px;
    background: var(--primary-text-color);
  }
  summary {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 4px;
    min-height: 28px;
    list-style: none;
    border-radius: 8px;
    cursor: pointer;
  }
  summary :last-child:not(ha-icon) {
    margin-inline-start: auto;
  }
  summary ha-icon {
    transition: transform 0.2s;
  }
  [open] > summary ha-icon {
    transform: rotate(180deg);
  }
  ul {
    display: flex;
    flex-direction: column;
    gap: 8px;
    margin: 8px 0 16px;
    list-style: none;
  }
  li {
    display: flex;
    gap: 8px;
  }
  .for {
    color: var(--quiet);
  }
  .against {
    color: var(--cry);
  }
  .record {
    display: flex;
    flex-direction: column;
    gap: 8px;
  }

  /* clip */
  img {
    width: 100%;
    border-radius: 12px;
  }
  audio {
    width: 100%;
    height: 40px;
  }

  /* answers */
  .answers {
    display: grid;
    grid-template-columns: repeat(3, 1fr);
    gap: 8px;
  }
  /* Wide enough for the longest word of each language. */
  @container (min-width: 580px) {
    .answers {
      grid-template-columns: repeat(6, 1fr);
    }
  }
  .answer {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 4px;
    min-width: 0;
    padding: 10px 2px 8px;
    font-size: 12px;
    line-height: 16px;
    border-radius: 12px;
    background: var(--faint);
    transition: background-color 0.2s;
  }
  .answer[aria-pressed='false']:hover:enabled {
    background: color-mix(in srgb, var(--primary-text-color) 13%, transparent);
  }
  .answer ha-icon {
    --mdc-icon-size: 24px;
    color: var(--secondary-text-color);
  }
  .answer[aria-pressed='true'] {
    font-weight: 500;
    background: color-mix(in srgb, var(--primary-color) 26%, transparent);
  }
  .answer[aria-pressed='true'] ha-icon {
    color: inherit;
  }
  .pending {
    animation: wait 0.8s ease-in-out infinite alternate;
  }
  @keyframes wait {
    to {
      opacity: 0.55;
    }
  }

  /* source */
  footer {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    margin: auto 0 -6px;
    padding-top: 8px;
    border-top: 1px solid var(--divider-color);
  }
  .health {
    display: flex;
    align-items: center;
    gap: 8px;
    color: var(--secondary-text-color);
  }
  .trouble {
    color: var(--primary-text-color);
  }
  .trouble ha-icon {
    color: var(--fuss);
  }
  .switch {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 40px;
    border-radius: 20px;
  }
  .knob {
    position: relative;
    width: 40px;
    height: 24px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--primary-text-color) 30%, transparent);
    transition: background-color 0.2s;
    forced-color-adjust: none;
  }
  .knob::after {
    content: '';
    position: absolute;
    top: 3px;
    left: 3px;
    width: 18px;
    height: 18px;
    border-radius: 50%;
    background: #fff;
    transition: left 0.2s;
  }
  [aria-checked='true'] .knob {
    background: var(--primary-color);
  }
  [aria-checked='true'] .knob::after {
    left: 19px;
  }

  @media (prefers-reduced-motion) {
    *,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`;
