// Node 20 works and is tested; the SDK's notice about its end of life would otherwise stand in every test's stderr.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
