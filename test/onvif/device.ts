import { createHash } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Turn } from '../turn.js';

/** A profile of a device; what is left out, it does not have. */
export interface Profile {
  token: string;
  name?: string;
  /** Token of the picture's source. */
  source?: string;
  audio?: { encoding: string; sampleRate: number };
  video?: { encoding: string; width: number; height: number };
  uri: string;
}

export interface DeviceOptions {
  /** Unique on the machine. */
  id: string;
  scopes?: string;
  /** What it answers to a question for cameras; by default once, as it should. */
  matches?: (proper: string) => (string | Buffer)[];
  /** Asked for by WS-Security before it tells anything but its time. */
  login?: { user: string; password: string };
  profiles?: Profile[];
  /** How far its clock is ahead. */
  clockAheadMs?: number;
  /** Answers an action itself, and returns true; otherwise the device does. */
  answer?: (action: string, response: ServerResponse) => boolean;
}

const ACTIONS = ['GetSystemDateAndTime', 'GetServices', 'GetCapabilities', 'GetProfiles', 'GetStreamUri'];
const MULTICAST = '239.255.255.250';
const DISCOVERY_PORT = 3702;
/** A search finds the devices of all tests. */
const DISCOVERY = new Turn(DISCOVERY_PORT);

/** An ONVIF device on loopback: answers WS-Discovery, tells profiles and addresses over SOAP with WS-Security. */
export class OnvifDevice {
  /** Actions that it was asked for, in order. */
  readonly asked: string[] = [];
  private readonly discovery: Socket = createSocket({ type: 'udp4', reuseAddr: true });
  private readonly server: Server;

  private constructor(private readonly options: DeviceOptions) {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const action = ACTIONS.find(name => body.includes(`<${name}`)) ?? '';
        this.asked.push(action);
        if (!options.answer?.(action, response)) this.answer(action, body, response);
      });
    });
    this.discovery.on('message', (question, { address, port }) => {
      if (!question.includes('NetworkVideoTransmitter')) return;
      const proper = this.match();
      for (const match of options.matches?.(proper) ?? [proper]) this.discovery.send(match, port, address);
    });
  }

  static async start(options: DeviceOptions): Promise<OnvifDevice> {
    await DISCOVERY.take();
    const device = new OnvifDevice(options);
    device.server.listen(0, '127.0.0.1');
    device.discovery.bind(DISCOVERY_PORT);
    await Promise.all([once(device.server, 'listening'), once(device.discovery, 'listening')]);
    device.discovery.addMembership(MULTICAST, '127.0.0.1');
    return device;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    this.discovery.close();
    await Promise.all([once(this.server, 'close'), once(this.discovery, 'close')]);
    await DISCOVERY.giveBack();
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private match(): string {
    const { id, scopes = `onvif://www.onvif.org/name/${id}` } = this.options;
    return envelope(
      `<d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:${id}</a:Address></a:EndpointReference>` +
        `<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>${scopes}</d:Scopes>` +
        // An address that is of no use here comes first, as a camera behind a router tells it.
        `<d:XAddrs>http://192.0.2.1:1/onvif http://127.0.0.1:${this.port}/onvif/device_service</d:XAddrs>` +
        '</d:ProbeMatch></d:ProbeMatches>',
    );
  }

  private answer(action: string, body: string, response: ServerResponse): void {
    const { login, profiles = [] } = this.options;
    if (login && action !== 'GetSystemDateAndTime' && !this.isLoggedIn(body)) {
      response.statusCode = 400;
      response.end(
        envelope(
          '<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode>' +
            '</s:Code><s:Reason><s:Text xml:lang="en">Sender not Authorized</s:Text></s:Reason></s:Fault>',
        ),
      );
    } else if (action === 'GetSystemDateAndTime') {
      const now = new Date(this.now());
      response.end(
        envelope(
          '<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime>' +
            `<tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute><tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time>` +
            `<tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day></tt:Date>` +
            '</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>',
        ),
      );
    } else if (action === 'GetServices') {
      const services = ['device', 'media'].map(
        name =>
          `<tds:Service><tds:Namespace>http://www.onvif.org/ver10/${name}/wsdl</tds:Namespace>` +
          `<tds:XAddr>http://192.0.2.1:1/onvif/${name}</tds:XAddr></tds:Service>`,
      );
      response.end(envelope(`<tds:GetServicesResponse>${services.join('')}</tds:GetServicesResponse>`));
    } else if (action === 'GetProfiles') {
      const told = profiles.map(profileXml).join('');
      response.end(envelope(`<trt:GetProfilesResponse>${told}</trt:GetProfilesResponse>`));
    } else if (action === 'GetStreamUri') {
      const profile = profiles.find(({ token }) => body.includes(`<ProfileToken>${token}</ProfileToken>`));
      const uri = profile?.uri.replaceAll('&', '&amp;') ?? '';
      response.end(
        envelope(
          `<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>${uri}</tt:Uri></trt:MediaUri></trt:GetStreamUriResponse>`,
        ),
      );
    } else {
      response.statusCode = 500;
      response.end();
    }
  }

  private now(): number {
    return Date.now() + (this.options.clockAheadMs ?? 0);
  }

  /** WS-Security UsernameToken Profile 1.0, 3.1: base64(SHA-1(nonce + created + password)), and not too old. */
  private isLoggedIn(body: string): boolean {
    const part = (name: string): string => new RegExp(`<${name}(?: [^>]*)?>([^<]*)<`).exec(body)?.[1] ?? '';
    const { user, password } = this.options.login!;
    const created = part('Created');
    const digest = createHash('sha1')
      .update(Buffer.from(part('Nonce'), 'base64'))
      .update(created + password)
      .digest('base64');
    const isFresh = Math.abs(Date.parse(created) - this.now()) < 60_000;
    return part('Username') === user && part('Password') === digest && isFresh;
  }
}

function profileXml({ token, name = '', source, audio, video }: Profile): string {
  return (
    `<trt:Profiles token="${token}" fixed="true"><tt:Name>${name}</tt:Name>` +
    (source === undefined
      ? ''
      : `<tt:VideoSourceConfiguration token="v"><tt:SourceToken>${source}</tt:SourceToken></tt:VideoSourceConfiguration>`) +
    (audio
      ? `<tt:AudioEncoderConfiguration token="a"><tt:Encoding>${audio.encoding}</tt:Encoding><tt:SampleRate>${audio.sampleRate}</tt:SampleRate></tt:AudioEncoderConfiguration>`
      : '') +
    (video
      ? `<tt:VideoEncoderConfiguration token="e"><tt:Encoding>${video.encoding}</tt:Encoding><tt:Resolution><tt:Width>${video.width}</tt:Width><tt:Height>${video.height}</tt:Height></tt:Resolution></tt:VideoEncoderConfiguration>`
      : '') +
    '</trt:Profiles>'
  );
}

/** A SOAP message around a body. */
export function envelope(body: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"' +
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"' +
    ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl"' +
    ` xmlns:tt="http://www.onvif.org/ver10/schema"><s:Body>${body}</s:Body></s:Envelope>`
  );
}
