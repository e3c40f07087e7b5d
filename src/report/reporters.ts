import type { RunOutcome } from '../run/outcome.ts';
import type { ReportSetting } from './checks.ts';

type Write = (outcome: RunOutcome, setting: ReportSetting) => string;

/** A format of reports. */
export interface Reporter {
  /** The kind of report, for `--help`. */
  readonly summary: string;
  /** The file for a request without a path; "-" is standard output. */
  readonly file: string;
  /** Loads the module that writes it. */
  readonly load: () => Promise<Write>;
  /** A second report, appended to the file that a variable of the environment names. */
  readonly append?: { readonly variable: string; readonly load: () => Promise<Write> };
}

const markdown = async (): Promise<Write> => (await import('./markdown-report.ts')).markdownReport;

/** All formats of reports. The option `--report`, its help and its messages follow from this table. */
export const REPORTERS = {
  json: {
    summary: 'machine-readable, with all observations (src/report/report-v2.schema.json)',
    file: 'zdc-report.json',
    load: async () => {
      const { jsonReport } = await import('./json-report.ts');
      return (outcome, setting) => `${JSON.stringify(jsonReport(outcome, setting), null, 2)}\n`;
    },
  },
  junit: {
    summary: 'JUnit XML',
    file: 'zdc-junit.xml',
    load: async () => (await import('./junit-report.ts')).junitReport,
  },
  html: {
    summary: 'one self-contained page with every counterexample step by step',
    file: 'zdc-report.html',
    load: async () => {
      const [{ htmlPage }, { runPage }] = await Promise.all([
        import('./html/html-page.ts'),
        import('./html/run-page.ts'),
      ]);
      return (outcome, setting) => htmlPage(runPage(outcome, setting));
    },
  },
  ktap: {
    summary: 'KTAP, for the CI of the kernel',
    file: 'zdc.ktap',
    load: async () => (await import('./tap-report.ts')).ktapReport,
  },
  tap: {
    summary: 'TAP version 14',
    file: 'zdc.tap',
    load: async () => (await import('./tap-report.ts')).tapReport,
  },
  sarif: {
    summary: 'SARIF 2.1.0, for code scanning',
    file: 'zdc.sarif',
    load: async () => (await import('./sarif-report.ts')).sarifReport,
  },
  github: {
    summary: 'annotations of GitHub Actions, and the summary of the job',
    file: '-',
    load: async () => (await import('./github-report.ts')).githubReport,
    append: { variable: 'GITHUB_STEP_SUMMARY', load: markdown },
  },
  markdown: { summary: 'Markdown, for a comment', file: 'zdc-report.md', load: markdown },
  badge: {
    summary: 'the JSON of a shields.io endpoint badge',
    file: 'zdc-badge.json',
    load: async () => (await import('./badge-report.ts')).badgeReport,
  },
} as const satisfies Readonly<Record<string, Reporter>>;

export type ReportKind = keyof typeof REPORTERS;

const isKind = (name: string): name is ReportKind => Object.hasOwn(REPORTERS, name);

/** The names of all formats. */
export const REPORT_KINDS: readonly ReportKind[] = Object.keys(REPORTERS).filter(isKind);
