using Gate.Models.Batching;

namespace Gate.Models.Inference.GreedySearch;

/// <summary>Generations decoded together.</summary>
/// <param name="States">In lexicographic order of their contexts, so that neighbours share prefixes.</param>
internal sealed record GenerationWave(GenerationState[] States)
{
    /// <summary>Divides generations into waves that fit a number of sequences and of key/value rows; a wave has at least one generation.</summary>
    /// <param name="states">The generations.</param>
    /// <param name="maximumStates">Most generations of a wave.</param>
    /// <param name="maximumRows">Most rows of distinct context tokens and reserved tokens together.</param>
    public static IEnumerable<GenerationWave> Plan(IReadOnlyList<GenerationState> states, int maximumStates, long maximumRows)
    {
        List<GenerationState> wave = [];
        long rows = 0;
        foreach (int index in PrefixTree.LexicographicOrder([.. states.Select(state => state.Context)]))
        {
            GenerationState state = states[index];
            int shared = wave.Count == 0 ? 0 : wave[^1].Context.Span.CommonPrefixLength(state.Context.Span);
            long needed = (long)state.Context.Length - shared + state.ReservedRows;
            if (wave.Count > 0 && (wave.Count == maximumStates || rows + needed > maximumRows))
            {
                yield return new GenerationWave([.. wave]);
                wave.Clear();
                rows = 0;
                needed = (long)state.Context.Length + state.ReservedRows;
            }

            wave.Add(state);
            rows += needed;
        }

        if (wave.Count > 0)
            yield return new GenerationWave([.. wave]);
    }
}
