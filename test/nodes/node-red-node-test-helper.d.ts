declare module 'node-red-node-test-helper' {
  import type { Node, NodeAPI } from 'node-red';

  interface AdminRequest {
    type(type: 'json' | 'form'): AdminRequest;
    send(body: object): Promise<{ status: number; body: unknown }>;
  }

  interface TestHelper {
    /** Settings of the runtime that is loaded next. */
    settings(settings: object): void;
    startServer(): Promise<void>;
    stopServer(): Promise<void>;
    load(nodes: ((RED: NodeAPI) => void)[], flow: object[], credentials: object): Promise<void>;
    /** Asks the admin server. */
    request(): { post(path: string): AdminRequest };
    unload(): Promise<void>;
    setFlows(flow: object[], type?: 'full' | 'nodes'): Promise<void>;
    getNode(id: string): Node;
  }
  const helper: TestHelper;
  export default helper;
}

declare module '@node-red/nodes/core/network/10-mqtt.js' {
  import type { NodeAPI } from 'node-red';

  const mqttNode: (RED: NodeAPI) => void;
  export default mqttNode;
}
