#!/usr/bin/env node
import { processConsole } from './console.ts';
import { main } from './main.ts';

// The SDK's notice about old Node versions is for who builds tagledger, not for who runs it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

process.exitCode = await main(process.argv.slice(2), process.env, processConsole());
