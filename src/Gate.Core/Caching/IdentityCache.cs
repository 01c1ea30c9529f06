using System.Text.Json;
using Gate.Models.Inference;

namespace Gate.Core.Caching;

/// <summary>Remembers what the model in a folder is, so that an unchanged folder is neither read nor hashed again.</summary>
/// <param name="store">The cache, or null to remember nothing.</param>
/// <param name="clock">The clock.</param>
public sealed class IdentityCache(CacheStore? store, TimeProvider clock)
{
    // The engine decides what an identity says: another build of it starts anew.
    private static readonly string Build = typeof(ILanguageModel).Module.ModuleVersionId.ToString("N");

    /// <summary>The fingerprint of a folder now; pass it to <see cref="Remember"/> when the identity is known.</summary>
    public string Fingerprint(string folder) => FolderFingerprint.Of(folder, clock);

    /// <summary>The identity remembered for a fingerprint, or null.</summary>
    public ModelIdentity? Find(string fingerprint)
    {
        if (store is null)
            return null;
        using Journal journal = Open(fingerprint);
        foreach (string line in journal.Read().Lines)
        {
            KeptIdentity? kept;
            try
            {
                kept = JsonSerializer.Deserialize(line, CacheJson.Default.KeptIdentity);
            }
            catch (JsonException)
            {
                continue;
            }

            if (kept is not null && kept.Fingerprint == fingerprint && kept.Build == Build)
                return kept.Identity;
        }

        return null;
    }

    /// <summary>Remembers an identity computed from a folder whose fingerprint is the same before and after.</summary>
    public void Remember(string fingerprint, ModelIdentity identity)
    {
        if (store is null)
            return;
        using Journal journal = Open(fingerprint);
        journal.TryAppend(JsonSerializer.Serialize(new KeptIdentity(fingerprint, Build, identity), CacheJson.Default.KeptIdentity));
    }

    private Journal Open(string fingerprint) => store!.Open("models", fingerprint[..32]);
}

/// <summary>One line of the identity journal.</summary>
internal sealed record KeptIdentity(string Fingerprint, string Build, ModelIdentity Identity);
