using Gate.Peers.Tokenization;

// Each verb holds one part of Gate against another implementation; one line here.
var verbs = new Dictionary<string, Func<string[], int>>(StringComparer.Ordinal)
{
    ["tokenizers"] = TokenizerTable.Run,
};

if (args.Length > 0 && verbs.TryGetValue(args[0], out Func<string[], int>? verb))
    return verb(args[1..]);
Console.Error.WriteLine($"expected a verb: {string.Join(", ", verbs.Keys)}");
return 2;
