import { messageOf } from '../errors.js';
import type { Config } from './config/schema.js';
import { PageServer } from './page-server.js';
import { Parts } from './parts.js';
import { Service } from './service.js';
import type { Shard } from './shard.js';
import { Status } from './status.js';

/** The service, and the page that shows what it does. */
export class Listener {
  readonly service: Service;
  private readonly status: Status;
  private readonly page: Parts;

  /**
   * @param folder where everything is kept, unless the configuration says otherwise
   * @param log gets what a person should know
   * @param shard which rooms it hears; without it: all
   */
  constructor(
    folder: string,
    private readonly log: (what: string, message: string) => void,
    shard?: Shard,
  ) {
    const report = (what: string, message: string): void => {
      this.report(what, message);
    };
    this.service = new Service({ folder, report, shard });
    this.status = new Status(this.service);
    this.page = new Parts((what, error) => {
      report(what, messageOf(error));
    });
  }

  /** Takes up a configuration, also in place of another one. One call at a time. */
  async use(config: Config): Promise<void> {
    this.status.language = config.language;
    const page = {
      key: JSON.stringify(config.page),
      what: 'Page',
      make: () => new PageServer(config.page, this.service, this.status),
    };
    await this.page.stopOthers([page]);
    await this.page.startMissing([page]);
    await this.service.use(config);
  }

  /** Says in the log and on the page what a person should know. */
  report(what: string, message: string): void {
    this.log(what, message);
    this.status.push(what, message);
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await this.page.stopOthers([]);
  }
}
