'use strict';
// The OpenAPI document of an api, as its own process serves it at /openapi.json: the application is built on ports that lead nowhere,
// asked for its document, and closed.
const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const { built, root } = require('./declarations.js');

/** A port that is everything and does nothing: no request is made that could reach it. */
const nowhere = new Proxy(() => undefined, {
  get: (_target, key) => (typeof key === 'symbol' || key === 'then' ? undefined : nowhere),
  apply: () => nowhere,
});

exports.openApi = async (app) => {
  const { createHttpApp } = built('libs/platform/http/index.js');
  const { openapi } = built(`apps/${app}/openapi.js`);
  const file = readdirSync(join(root, 'dist/apps', app)).find((name) => name.endsWith('.module.js'));
  const [moduleOn] = Object.values(built(`apps/${app}/${file}`));
  const http = await createHttpApp(moduleOn(nowhere), { name: app, port: 0, openapi });
  try {
    const answer = await fetch(`${http.url}/openapi.json`);
    return `${JSON.stringify(await answer.json(), null, 2)}\n`;
  } finally {
    await http.close();
  }
};
