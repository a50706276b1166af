/** Alle Sätze auf Deutsch. */
import type { SourceTrouble } from '../values.js';
import type { EntityTexts, JournalTexts, NotificationTexts, ReasonTexts } from './en.js';

export const reasons: ReasonTexts = {
  decimalPoint: ',',
  percent: percent => `${percent}\u00a0%`,
  or: 'oder',
  theBaby: 'Das Baby',
  crying: (name, duration) => `${name} schreit seit ${duration}`,
  cried: (name, duration) => `${name} hat ${duration} geschrien`,
  probably: guess => `wahrscheinlich ${guess}`,
  maybe: guess => `vielleicht ${guess}`,
  bySound: guess => `dem Klang nach ${guess}`,
  guess: {
    hungry: 'hungrig',
    tired: 'müde',
    discomfort: 'unwohl',
    'belly pain': 'Bauchweh',
    burping: 'ein Bäuerchen',
    lonely: 'einsam',
    unsure: 'Grund unklar',
  },
  tip: {
    hungry: 'Milch anbieten.',
    tired: 'Das Licht dimmen, für Ruhe sorgen und beim Einschlafen helfen.',
    discomfort: 'Prüfen: Windel, zu warm oder zu kalt, enge Kleidung.',
    'belly pain': 'Aufrecht oder bäuchlings auf dem Arm halten und den Rücken reiben.',
    burping: 'Aufrecht an der Schulter halten und sanft auf den Rücken klopfen.',
    lonely: 'Hochnehmen, leise sprechen und in der Nähe bleiben.',
    unsure: 'Die Liste durchgehen: Milch, Windel, Bäuerchen, Temperatur, Schlaf, Nähe.',
  },
  noun: {
    hungry: 'Hunger',
    tired: 'Müdigkeit',
    discomfort: 'Unwohlsein',
    'belly pain': 'Bauchweh',
    burping: 'ein Bäuerchen',
    lonely: 'Einsamkeit',
  },
  likelier: (noun, times) => `${noun} ist ${times}-mal so wahrscheinlich`,
  lessLikely: (noun, times) => `${noun} ist ${times}-mal weniger wahrscheinlich`,
  equallyLikely: noun => `das sagt wenig über ${noun}`,
  ofBaby: (name, sentence) => `${name} – ${sentence}`,
  evidence: {
    common: 'Bei allen Babys häufig',
    feed: ago => `Die letzte Mahlzeit war vor ${ago}`,
    burp: ago => `Das letzte Bäuerchen war vor ${ago}`,
    change: ago => `Der letzte Windelwechsel war vor ${ago}`,
    medicine: ago => `Medizin vor ${ago}`,
    awake: duration => `Seit ${duration} wach`,
    asleep: duration => `Davor ${duration} geschlafen`,
    fever: degrees => `${degrees} Fieber`,
    room: degrees => `${degrees} im Zimmer`,
    ageDays: days => (days === 1 ? '1 Tag alt' : `${days} Tage alt`),
    ageWeeks: weeks => `${weeks} Wochen alt`,
    hour: clock => `Um ${clock} Uhr`,
    fuss: 'Klingt nach Quengeln',
    scream: 'Klingt nach Brüllen',
    sudden: 'Begann mit Brüllen',
    answers: count => (count === 1 ? '1 Antwort' : `${count} Antworten`),
    similar: 'Antworten aus ähnlichen Situationen',
    voice: 'Antworten zu ähnlich klingendem Schreien',
  },
  implied: {
    feed: ago => `Eine Antwort lässt auf eine Mahlzeit vor ${ago} schließen`,
    burp: ago => `Eine Antwort lässt auf ein Bäuerchen vor ${ago} schließen`,
    change: ago => `Eine Antwort lässt auf einen Windelwechsel vor ${ago} schließen`,
    asleep: duration => `Eine Antwort lässt auf ${duration} Schlaf davor schließen`,
  },
};

export const journal: JournalTexts = {
  weekdays: ['So', 'Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa'],
  months: ['Jan.', 'Feb.', 'März', 'Apr.', 'Mai', 'Juni', 'Juli', 'Aug.', 'Sep.', 'Okt.', 'Nov.', 'Dez.'],
  day: ({ day, month }) => `${day}. ${month}`,
  date: (weekday, day) => `${weekday}, ${day}`,
  dateAndTime: (date, time) => `${date}, ${time} Uhr`,
  night: (evening, morning) =>
    evening.month === morning.month
      ? `Nacht vom ${evening.day}. auf den ${morning.day}. ${morning.month}`
      : `Nacht vom ${evening.day}. ${evening.month} auf den ${morning.day}. ${morning.month}`,
  span: (from, to) => `${from} bis ${to}`,
  oneCry: (duration, time) => [`einmal ${duration} geschrien`, `um ${time} Uhr`],
  manyCries: (count, total, longest, time) => [
    `${count}-mal geschrien`,
    `insgesamt ${total}`,
    `am längsten ${longest} um ${time} Uhr`,
  ],
  cries: count => `${count}-mal geschrien`,
  inTotal: duration => `insgesamt ${duration}`,
  noneNoted: 'kein Schreien verzeichnet',
  noCrying: 'kein Schreien',
  noCryingIn: duration => `kein Schreien, ${duration} zugehört`,
  notListening: 'nicht zugehört',
  noRecord: 'Wann zugehört wurde, ist nicht bekannt',
  throughout: 'Durchgehend zugehört',
  quiet: (duration, from, to) => `Längste Ruhe ${duration}, von ${from} bis ${to} Uhr`,
  reasons: counts => `Gründe: ${counts}`,
  reason: {
    hungry: 'Hunger',
    tired: 'Müdigkeit',
    discomfort: 'Unwohlsein',
    'belly pain': 'Bauchweh',
    burping: 'Bäuerchen',
    lonely: 'Einsamkeit',
    unsure: 'unklar',
  },
  feeds: count => (count === 1 ? '1 Mahlzeit' : `${count} Mahlzeiten`),
  changes: count => `${count} Windelwechsel`,
  gap: times => `Nicht zugehört ${times}`,
  gapTimes: (count, total) => `${count}-mal, insgesamt ${total}`,
  gapSpan: (from, to) => `${from} bis ${to} Uhr`,
  less: percent => `${percent} weniger als in der Woche davor`,
  more: percent => `${percent} mehr als in der Woche davor`,
  asMuch: 'so viel wie in der Woche davor',
  thisWeek: daily => `Diese Woche: ${daily}`,
  weekOf: (day, daily) => `Woche ab ${day}: ${daily}`,
  daily: minutes => `${minutes} am Tag`,
  cryingDaily: minutes => `${minutes} Schreien am Tag`,
  mostBetween: (from, to) => `Am meisten zwischen ${from} und ${to} Uhr`,
  cried: {
    fuss: duration => `${duration} gequengelt`,
    cry: duration => `${duration} geschrien`,
    scream: duration => `${duration} gebrüllt`,
  },
  restUnheard: 'das Ende war nicht zu hören',
  itWas: (noun, said) => `Es war ${noun}, ${said}`,
  said: (by, time) => (by ? `sagte ${by} um ${time} Uhr` : `laut Antwort um ${time} Uhr`),
  noAnswers:
    'Noch keine Antworten. Sobald Antworten sagen, was ein Schreien war, zählt das Tagebuch, wie oft der wahrscheinlichste Grund richtig war.',
  record: (right, answers, rightPercent, commonest) =>
    `Der wahrscheinlichste Grund war bei ${right} von ${answers} ${answers === 1 ? 'Antwort' : 'Antworten'} richtig (${rightPercent}); immer auf den häufigsten getippt: ${commonest}.`,
  picture: {
    now: 'jetzt',
    intensity: { fuss: 'quengelt', cry: 'schreit', scream: 'brüllt' },
    asleep: 'Schlaf',
    care: { feed: 'gefüttert', change: 'gewickelt', burp: 'Bäuerchen', medicine: 'Medizin' },
    byHour: 'Schreien nach Tageszeit',
    aDay: 'am Tag',
    thisWeek: 'aktuell',
    none: 'keins',
    upTo: minutes => `bis ${minutes} pro Stunde`,
    wasRight: 'War der wahrscheinlichste Grund richtig?',
    noAnswers: 'Noch keine Antworten',
    sayWhat: 'Antworten, was ein Schreien war, zählen hier.',
    right: (right, answers) => `${right} von ${answers} richtig`,
    commonest: right => `Immer auf den häufigsten getippt: ${right}`,
    tooFew: 'Zu wenige Antworten: Es kann Zufall sein',
    worse: 'Schlechter, als immer auf den häufigsten zu tippen',
    noBetter: 'Nicht besser, als immer auf den häufigsten zu tippen',
    likeliestLine: 'geschätzt',
    commonestLine: 'häufigster',
    newest: 'neu',
    rightDot: 'richtig',
    wrongDot: 'falsch',
    noSound: 'Kein Ton aufbewahrt.',
    first: duration => `Die ersten ${duration}. `,
    bars: 'Balken: was nach Schreien klang',
    before: 'davor',
    onset: 'Beginn',
  },
};

/** Was Handys und das Logbuch von Home Assistant zeigen. */
export const notifications: NotificationTexts = {
  theBaby: 'Das Baby',
  crying: 'schreit seit __duration__',
  cried: 'hat __duration__ geschrien',
  probably: 'wahrscheinlich __reason__ (__percent__ %)',
  maybe: 'vielleicht __reason__ (__percent__ %)',
  unsure: 'Grund unklar',
  fed: 'zuletzt vor __duration__ gefüttert',
  fedImplied: 'vor __duration__ gefüttert (laut einer Antwort)',
  says: '__who__ sagte um __time__: __reason__',
  or: 'oder',
  saysWho: 'sagte, dass __name__ geschrien hat',
  saysOf: 'sagte zum Schreien von __name__: __reason__',
  was: 'Antwort um __time__: __reason__',
  carer: '__who__ ist beim Baby',
  channel: 'Baby schreit',
  sourceChannel: 'Baby nicht zu hören',
  sourceLost: 'Kein Ton von __source__ seit __duration__: Schreien wird nicht gehört.',
  sourceBack: '__source__ ist wieder zu hören. Kein Ton von __from__ bis __to__.',
  source: 'Kein Ton von __source__',
  'guess.hungry': 'hungrig',
  'guess.tired': 'müde',
  'guess.discomfort': 'unwohl',
  'guess.belly pain': 'Bauchweh',
  'guess.burping': 'ein Bäuerchen',
  'guess.lonely': 'einsam',
  'button.hungry': 'Hungrig',
  'button.tired': 'Müde',
  'button.discomfort': 'Unwohl',
  'button.belly pain': 'Bauchweh',
  'button.burping': 'Bäuerchen',
  'button.lonely': 'Einsam',
  'button.other': 'Andere…',
  'button.with': 'Ich bin beim Baby',
  'button.snooze': '10 min Ruhe',
};

/** Namen der Entitäten in Home Assistant. */
export const entities: EntityTexts = {
  crying: 'Schreien',
  cry: 'Schrei',
  reason: 'Grund',
  confidence: 'Sicherheit',
  intensity: 'Heftigkeit',
  lastCry: 'Letztes Schreien',
  criesTonight: 'Schreie heute Nacht',
  minutesTonight: 'Schreidauer heute Nacht',
  health: 'Quelle',
  accuracy: 'Grund bisher richtig',
  answer: 'Was es war',
  who: 'Wer schreit',
  baby: 'Wer es war',
  preset: 'Empfindlichkeit',
  listening: 'Zuhören',
  'was hungry': 'War hungrig',
  'was tired': 'War müde',
  'was discomfort': 'Fühlte sich unwohl',
  'was belly pain': 'Hatte Bauchweh',
  'was burping': 'Musste ein Bäuerchen machen',
  'was lonely': 'War einsam',
  feed: 'Gefüttert',
  burp: 'Bäuerchen gemacht',
  change: 'Gewickelt',
  sleep: 'Eingeschlafen',
  wake: 'Aufgewacht',
};

/** Warum eine Quelle nicht zu hören ist und was hilft. Auf Englisch steht es dort, wo es auffällt, mit Namen und Adressen. */
export const sourceTroubles: Record<SourceTrouble, string> = {
  'bad-address': 'Die Adresse fehlt oder ist ungültig: neu eingeben.',
  disconnected: 'Die Verbindung ist abgebrochen.',
  unreachable:
    'Unter der Adresse antwortet nichts. Ist die Kamera eingeschaltet und im selben Netzwerk, und ist RTSP in ihrer App aktiviert?',
  'not-a-stream':
    'Unter der Adresse antwortet etwas, aber es kommt kein Ton. Port und Pfad prüfen; stimmen sie, die Kamera neu starten.',
  'wrong-password':
    'Benutzername und Passwort werden nicht angenommen. Gefragt sind die der Kamera selbst aus ihrer App; die des Herstellerkontos sind oft andere.',
  'not-found':
    'Unter diesem Pfad gibt es keinen Stream. Der Pfad hängt vom Modell ab und steht in der App oder der Anleitung der Kamera.',
  'no-audio':
    'Der Stream hat ein Bild, aber keinen Ton. Das Mikrofon in der App der Kamera einschalten oder ihren anderen Stream verwenden.',
  'no-device':
    'Das Mikrofon fehlt oder lässt sich nicht öffnen. Es anschließen oder ein anderes wählen. Unter Linux: Läuft der Sound-Server, und gehört der Benutzer zur Gruppe audio?',
  'device-busy': 'Ein anderes Programm benutzt das Mikrofon: dieses Programm beenden.',
  'no-program':
    'Das Programm, das aufnimmt, fehlt oder startet nicht. Für Kameras ffmpeg installieren, für Mikrofone unter Linux alsa-utils.',
};

/** Fehler, die Dialoge zeigen, nach ihren Codes. Auf Englisch stehen sie dort, wo sie auftreten, mit Namen und Adressen. */
export const errors: Partial<Record<string, string>> = {
  'address-empty': 'Die Adresse der Kamera eingeben, etwa rtsp://192.168.1.20/stream1.',
  'address-too-long':
    'Adresse, Benutzername oder Passwort der Kamera sind zu lang. In ihrer App ein Passwort mit höchstens 30 Zeichen wählen.',
  'address-characters':
    'Adresse, Benutzername oder Passwort der Kamera enthalten einen Zeilenumbruch oder ein anderes Steuerzeichen. Noch einmal eingeben.',
  'address-scheme':
    'Die Adresse einer Kamera beginnt mit rtsp://, rtsps://, http:// oder https://. Für eine Aufnahme eine Datei als Quelle wählen.',
  'address-passwords':
    'In der Adresse der Kamera steht ein Passwort. Benutzername und Passwort in ihre eigenen Felder eingeben.',
  'address-invalid':
    'Das ist keine Adresse einer Kamera. Sie besteht aus Hostname oder IP-Adresse, eventuell einem Port, und einem Pfad: rtsp://192.168.1.20:554/stream1.',
  'bad-address':
    'Die Adresse fehlt oder ist ungültig. So eingeben, wie der Browser sie zeigt, etwa http://192.168.1.5:8123, oder nur den Hostnamen oder die IP-Adresse.',
  'unknown-maker': 'Dieser Hersteller ist nicht bekannt. Stattdessen die Adresse der Kamera eingeben.',
  'no-restream':
    'Der Server gibt keine Streams über RTSP weiter. Die Kameras in seiner Konfiguration unter go2rtc: streams: eintragen oder ihre eigenen Adressen verwenden.',
  unreachable: 'Der Server antwortet nicht. Läuft er, stimmt die Adresse, und ist der Port offen?',
  moved: 'Der Server ist umgezogen: seine neue Adresse eingeben.',
  'wants-login': 'Der Server verlangt eine Anmeldung: Zugangsdaten oder API-Key prüfen.',
  busy: 'Der Server bekommt zu viele Anfragen. Später wird er wieder gefragt.',
  'server-error':
    'Der Server meldet einen Fehler. Vielleicht startet er gerade; sonst sagt sein Protokoll mehr.',
  'not-the-server': 'Unter der Adresse antwortet etwas anderes. Adresse und Port prüfen.',
  'not-home-assistant': 'Unter der Adresse antwortet etwas anderes als Home Assistant. Stimmt der Port?',
  'no-token':
    'Das Zugriffstoken fehlt. Es wird in Home Assistant im eigenen Profil unter „Sicherheit“ erstellt.',
  'wrong-token':
    'Home Assistant nimmt das Token nicht an. In Home Assistant im eigenen Profil unter „Sicherheit“ ein neues erstellen.',
  'not-deployed': 'Diese Verbindung zuerst übernehmen (Deploy). Dann erscheint hier die Liste.',
  'not-connected': 'Keine Verbindung zu Home Assistant. Läuft es, und stimmt die Adresse?',
  unreadable: 'Home Assistant hat etwas gesendet, das nicht lesbar ist. Es wird übergangen.',
  refused: 'Home Assistant hat die Anfrage abgelehnt. Sein Protokoll sagt mehr.',
  'no-such-child':
    'Welches Kind gemeint ist, ist nicht klar: den Namen eines Kindes aus Baby Buddy eingeben.',
  storage:
    'Die Daten lassen sich nicht lesen oder speichern. Ist die Festplatte voll, oder fehlen Rechte am Ordner?',
  damage:
    'Eine Datei mit Daten war beschädigt. Sie liegt noch da, und es geht mit dem weiter, was lesbar war.',
  'other-clock':
    'In Baby Buddy ist eine andere Zeitzone eingestellt: Was dort eingegeben wird, gilt für andere Uhrzeiten.',
  'no-hass-audio':
    'Home Assistant hat ein Bild der Kamera, aber keinen Ton. Ihr Mikrofon einschalten. Spielt auch Home Assistant keinen Ton ab, die Adresse der Kamera selbst eingeben: Home Assistant gibt nur AAC und MP3 weiter.',
  'no-hass-stream':
    'Home Assistant überträgt die Kamera nicht oder nicht mehr. Zeigt sein Dashboard ein Livebild?',
  connecting: 'Die Verbindung wird aufgebaut.',
  'broker-unreachable':
    'Keine Verbindung zum MQTT-Broker. Läuft er, und stimmen Adresse, Benutzername und Passwort?',
  'mqtt-id':
    'Ein anderes Gerät verwendet am MQTT-Broker dieselbe id. Einem von beiden im Abschnitt mqtt eine andere geben.',
  'own-device':
    'Dieser Satellit ist das Gerät dieses Dienstes selbst. Dem Satelliten in seinem Abschnitt mqtt eine eigene id geben.',
  'satellite-gone': 'Der Satellit ist nicht mehr da. Hat er Strom und Netzwerk?',
  'no-such-satellite':
    'Am MQTT-Broker war noch nie ein Satellit mit dieser id. Mit der id in seinem Abschnitt mqtt vergleichen.',
  'bad-channel': 'Der Kanal einer Kamera ist eine Zahl von 1 bis 99.',
  'no-stream-name': 'Den Namen des Streams eingeben.',
  slow: 'Die Kamera wurde gefunden, nennt ihren Stream aber nicht schnell genug. Noch einmal suchen.',
  'wrong-login': 'Die Kamera nimmt Benutzername und Passwort nicht an.',
  'needs-login': 'Die Kamera verlangt Benutzername und Passwort. Beide eingeben und noch einmal suchen.',
  'no-stream':
    'Die Kamera nennt ihren Stream nicht. Stattdessen den Hersteller wählen oder die Adresse eingeben.',
};

/** Was bei Kameras eines Herstellers einzuschalten ist und woher Benutzername und Passwort kommen. */
export const makerSetUps: Record<string, string> = {
  amcrest:
    'Der eigene Benutzer der Kamera (admin) und sein Passwort. In den Audio- oder Encoder-Einstellungen den Ton für den Sub-Stream einschalten.',
  axis: 'Ein Benutzer der Weboberfläche der Kamera. Dort auch den Ton einschalten.',
  dahua:
    'Ein Benutzer der Weboberfläche der Kamera. In ihren Audio- oder Encoder-Einstellungen den Ton für den Sub-Stream einschalten.',
  eufy: 'Eufy-App, Einstellungen der Kamera, Speicher, NAS (RTSP): für dauerhaftes Streaming einschalten. Dort stehen Adresse, Benutzer und Passwort. Ohne diese Einstellung hat eine Kamera kein RTSP.',
  ezviz:
    'EZVIZ-App, Einstellungen, LAN-Live-Ansicht: die Kamera suchen und in ihren lokalen Servereinstellungen RTSP einschalten. Das Passwort ist der Verifizierungscode auf dem Etikett der Kamera.',
  foscam:
    'Der eigene Benutzer der Kamera und sein Passwort. Antwortet Port 88 nicht, an die IP-Adresse „:554“ anhängen: Das hängt vom Modell ab.',
  go2rtc:
    'Der Name des Streams in go2rtc. Benutzer und Passwort nur, wenn sie dort im Abschnitt rtsp stehen. Port 8554 öffnen.',
  hikvision:
    'Ein Benutzer der Weboberfläche der Kamera. In ihren Videoeinstellungen für den Sub-Stream den Typ „Video & Audio“ wählen.',
  imou: 'Das Passwort ist das Gerätepasswort oder der Sicherheitscode auf dem Etikett der Kamera.',
  reolink:
    'Der eigene Benutzer der Kamera (admin) und sein Passwort. In ihren Netzwerkeinstellungen (Erweitert: Port- oder Servereinstellungen) RTSP einschalten, in ihren Audioeinstellungen die Tonaufnahme.',
  'reolink-old':
    'Wie bei Reolink. Diesen Eintrag wählen, wenn es unter dem Pfad des anderen keinen Stream gibt.',
  tapo: 'Tapo-App, Einstellungen der Kamera, Erweiterte Einstellungen, Kamerakonto: Benutzernamen und Passwort anlegen. Es sind nicht die des Tapo-Kontos.',
  unifi:
    'In Protect einen Livestream der Kamera freigeben (RTSPS, niedrige Qualität). Aus der angezeigten Adresse rtsps://HOST:7441/KEY?… sind HOST (die Konsole) und KEY einzugeben. Kein Benutzer, kein Passwort: KEY ist das Geheimnis.',
  'wyze-bridge':
    'Kameras von Wyze haben kein eigenes RTSP: docker-wyze-bridge mit eingeschaltetem Ton betreiben. Die Adresse ist die der Bridge, der Stream heißt dort wie die Kamera.',
};
