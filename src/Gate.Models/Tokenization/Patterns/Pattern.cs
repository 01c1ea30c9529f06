using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Patterns;

/// <summary>
/// A regular expression over code points, in the syntax tokenizers are written in (Oniguruma, Ruby flavour). .NET's own engine sees UTF-16 units: there
/// <c>\p{L}</c> misses every letter beyond the basic plane and <c>[^…]</c> splits it in two.
/// </summary>
internal sealed class Pattern
{
    private const int MaximumSteps = 20_000;

    private readonly PatternStep _start;
    private int _loops;
    private int _compiled;

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="PatternSyntaxException">Malformed, or a construct that is not implemented.</exception>
    public Pattern(string text) => (Text, _start) = (text, Compile(PatternParser.Parse(text), new PatternStep.End()));

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>All matches from left to right, not overlapping; an empty match right after another match is left out.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    /// <exception cref="PatternTooSlowException">The pattern back-tracks without bound on this text.</exception>
    public IEnumerable<(int Start, int End)> Matches(string text)
    {
        var run = new PatternRun(text, _loops);
        int lastEnd = -1;
        for (int position = 0; position <= text.Length;)
        {
            int end = _start.Match(run, position);
            if (end >= 0 && !(end == position && end == lastEnd))
            {
                yield return (position, end);
                lastEnd = end;
            }

            if (end > position)
            {
                position = end;
                continue;
            }

            if (position == text.Length)
                yield break;
            CodePoints.At(text, position, out int length);
            position += length;
        }
    }

    private PatternStep Compile(PatternNode node, PatternStep next)
    {
        if (++_compiled > MaximumSteps)
            throw new PatternSyntaxException("the pattern is too large");
        switch (node)
        {
            case PatternNode.Character character:
                return new PatternStep.Character(character.Set, next);
            case PatternNode.Sequence sequence:
                return sequence.Parts.Reverse().Aggregate(next, (rest, part) => Compile(part, rest));
            case PatternNode.Alternation alternation:
                return new PatternStep.Alternation([.. alternation.Branches.Select(branch => Compile(branch, next))]);
            case PatternNode.Atomic { Body: PatternNode.Repeat { Body: PatternNode.Character character, IsLazy: false } repeat }:
                return new PatternStep.CharacterLoop(character.Set, repeat.Minimum, repeat.Maximum, LoopKind.Possessive, next);
            case PatternNode.Atomic atomic:
                return new PatternStep.Atomic(Compile(atomic.Body, new PatternStep.End()), next);
            case PatternNode.LookAhead look:
                return new PatternStep.LookAhead(Compile(look.Body, new PatternStep.End()), look.IsNegative, next);
            case PatternNode.Anchor anchor:
                return new PatternStep.Anchor(anchor.Kind, next);
            case PatternNode.Repeat { Body: PatternNode.Character character } repeat:
                return new PatternStep.CharacterLoop(
                    character.Set, repeat.Minimum, repeat.Maximum, repeat.IsLazy ? LoopKind.Lazy : LoopKind.Greedy, next);
            case PatternNode.Repeat repeat:
                return CompileRepeat(repeat, next);
            default:
                throw new PatternSyntaxException($"{node.GetType().Name} is not implemented");
        }
    }

    // The required copies, then either a loop or the optional copies, each of which may be skipped together with all after it.
    private PatternStep CompileRepeat(PatternNode.Repeat repeat, PatternStep next)
    {
        PatternStep step = next;
        if (repeat.Maximum == int.MaxValue)
        {
            var star = new PatternStep.Star(_loops++, repeat.IsLazy, next);
            star.Body = Compile(repeat.Body, star);
            step = star;
        }
        else
        {
            for (int i = repeat.Minimum; i < repeat.Maximum; i++)
            {
                PatternStep taken = Compile(repeat.Body, step);
                step = new PatternStep.Alternation(repeat.IsLazy ? [next, taken] : [taken, next]);
            }
        }

        for (int i = 0; i < repeat.Minimum; i++)
            step = Compile(repeat.Body, step);
        return step;
    }
}
