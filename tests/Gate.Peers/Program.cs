using Gate.Peers.Tokenization;
using Xunit.MicrosoftTestingPlatform;

// Each verb measures one part of Gate beside another implementation; without one, the tests run.
var verbs = new Dictionary<string, Func<string[], int>>(StringComparer.Ordinal)
{
    ["tokenizers"] = TokenizerTable.Run,
};

if (args.Length > 0 && verbs.TryGetValue(args[0], out Func<string[], int>? verb))
    return verb(args[1..]);
return await TestPlatformTestFramework.RunAsync(args, Gate.Peers.SelfRegisteredExtensions.AddSelfRegisteredExtensions);
