// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors
// A script for ioBroker's JavaScript adapter. The MQTT adapter is a client of the broker here, subscribed to glow/#, and
// its mask of own states to publish is empty: commands go out below, without the retain flag, which boards would refuse.
'use strict';

const MQTT = 'mqtt.0', PREFIX = 'glow', NODES = ['pi1'];

function send(topic, command) {
    const message = typeof command === 'string' ? command : JSON.stringify(command);
    sendTo(MQTT, 'sendMessage2Client', { topic: `${PREFIX}/${topic}`, message, retain: false });
}

/** A data point of our own below javascript.0.glow; what people set there is handed to `order`. */
function point(name, common, order) {
    createState(`glow.${name}`, { read: true, write: true, ...common });
    on({ id: `javascript.0.glow.${name}`, change: 'any', ack: false }, (event) => order(event.state.val));
}

for (const node of NODES) {
    const set = (command) => send(`node/${node}/set`, command);
    point(`${node}.on`, { type: 'boolean', role: 'switch.light' }, (on) => set({ state: on ? 'ON' : 'OFF' }));
    point(`${node}.level`, { type: 'number', role: 'level.dimmer', min: 0, max: 100, unit: '%' },
        (percent) => set({ brightness_pct: percent, transition: 0.5 }));
    point(`${node}.rgb`, { type: 'string', role: 'level.color.rgb' }, (rgb) => set({ color: rgb }));
    point(`${node}.effect`, { type: 'string', role: 'text' }, (effect) => set({ effect }));

    on({ id: `${MQTT}.${PREFIX}.node.${node}.state`, change: 'any' }, (event) => {
        const light = JSON.parse(event.state.val);
        const hex = (channel) => light.color[channel].toString(16).padStart(2, '0');
        setState(`javascript.0.glow.${node}.on`, light.state === 'ON', true);
        setState(`javascript.0.glow.${node}.level`, Math.round((light.brightness * 100) / 255), true);
        setState(`javascript.0.glow.${node}.rgb`, `#${hex('r')}${hex('g')}${hex('b')}`, true);
        setState(`javascript.0.glow.${node}.effect`, light.effect, true);
    });
}

point('scene', { type: 'string', role: 'text' }, (effect) => send('scene/play', { effect, fade_ms: 1000 }));
point('master', { type: 'number', role: 'level.dimmer', min: 0, max: 100, unit: '%' }, (percent) => send('dim/set', `${Math.round(percent)}%`));
point('preset', { type: 'string', role: 'text' }, (name) => send(`preset/${name}/apply`, { transition: 2 }));
point('undo', { type: 'boolean', role: 'button' }, () => send('undo', {}));
point('message', { type: 'string', role: 'text' },
    (text) => send('all/notify', { effect: 'morse', params: { text }, ttl_s: 30, id: 'iobroker' }));
