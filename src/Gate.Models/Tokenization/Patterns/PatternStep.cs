using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Patterns;

/// <summary>A step of a compiled pattern. It matches at a position and asks the step after it to match the rest; −1 means that it cannot be done.</summary>
internal abstract class PatternStep
{
    /// <summary>The end of the match of this and all later steps from a position, or −1.</summary>
    public abstract int Match(PatternRun run, int position);

    /// <summary>Nothing more to match.</summary>
    public sealed class End : PatternStep
    {
        /// <inheritdoc/>
        public override int Match(PatternRun run, int position) => position;
    }

    /// <summary>One code point of a set.</summary>
    public sealed class Character(CharacterSet set, PatternStep next) : PatternStep
    {
        /// <inheritdoc/>
        public override int Match(PatternRun run, int position)
        {
            run.Count();
            return position < run.Text.Length && set.Contains(CodePoints.At(run.Text, position, out int length)) ? next.Match(run, position + length) : -1;
        }
    }

    /// <summary>A run of code points of a set, without recursion: the loop of every tokenizer's pattern.</summary>
    public sealed class CharacterLoop(CharacterSet set, int minimum, int maximum, LoopKind kind, PatternStep next) : PatternStep
    {
        /// <inheritdoc/>
        public override int Match(PatternRun run, int position)
        {
            string text = run.Text;
            int count = 0;
            int end = position;
            while (count < (kind == LoopKind.Lazy ? minimum : maximum) && end < text.Length && set.Contains(CodePoints.At(text, end, out int length)))
            {
                end += length;
                count++;
            }

            run.Count(count + 1);
            if (count < minimum)
                return -1;
            return kind switch
            {
                LoopKind.Possessive => next.Match(run, end),
                LoopKind.Lazy => Extend(run, end, count),
                _ => GiveBack(run, end, count),
            };
        }

        private int GiveBack(PatternRun run, int end, int count)
        {
            while (true)
            {
                int result = next.Match(run, end);
                if (result >= 0 || count == minimum)
                    return result;
                run.Count();
                end = CodePoints.Before(run.Text, end);
                count--;
            }
        }

        private int Extend(PatternRun run, int end, int count)
        {
            while (true)
            {
                int result = next.Match(run, end);
                if (result >= 0)
                    return result;
                run.Count();
                if (count == maximum || end >= run.Text.Length || !set.Contains(CodePoints.At(run.Text, end, out int length)))
                    return -1;
                end += length;
                count++;
            }
        }
    }

    /// <summary>The first branch that leads to a match. Each branch goes on with what follows the alternation.</summary>
    public sealed class Alternation(PatternStep[] branches) : PatternStep
    {
        /// <inheritdoc/>
        public override int Match(PatternRun run, int position)
        {
            foreach (PatternStep branch in branches)
            {
                int result = branch.Match(run, position);
                if (result >= 0)
                    return result;
            }

            return -1;
        }
    }

    /// <summary>Any number of times something longer than one code point.</summary>
    public sealed class Star(int slot, bool isLazy, PatternStep next) : PatternStep
    {
        /// <summary>The repeated steps, which come back here.</summary>
        public PatternStep? Body { get; set; }

        /// <inheritdoc/>
        public override int Match(PatternRun run, int position)
        {
            int before = run.LastIteration[slot];
            if (before == position)
                return Leave(run, position, before);
            if (isLazy && Leave(run, position, before) is >= 0 and int early)
                return early;
            run.Enter();
            run.LastIteration[slot] = position;
            int result = Body!.Match(run, position);
            run.LastIteration[slot] = before;
            run.Exit();
            return result >= 0 || isLazy ? result : Leave(run, position, before);
        }

        private int Leave(PatternRun run, int position, int before)
        {
            run.LastIteration[slot] = -1;
            int result = next.Match(run, position);
            run.LastIteration[slot] = before;
            return result;
        }
    }

    /// <summary>Matched on its own, once.</summary>
    public sealed class Atomic(PatternStep body, PatternStep next) : PatternStep
    {
        /// <inheritdoc/>
        public override int Match(PatternRun run, int position) => body.Match(run, position) is >= 0 and int end ? next.Match(run, end) : -1;
    }

    /// <summary>Looks at what follows without taking it.</summary>
    public sealed class LookAhead(PatternStep body, bool isNegative, PatternStep next) : PatternStep
    {
        /// <inheritdoc/>
        public override int Match(PatternRun run, int position) => body.Match(run, position) >= 0 != isNegative ? next.Match(run, position) : -1;
    }

    /// <summary>A condition on the position.</summary>
    public sealed class Anchor(AnchorKind kind, PatternStep next) : PatternStep
    {
        /// <inheritdoc/>
        public override int Match(PatternRun run, int position) => Holds(run.Text, position) ? next.Match(run, position) : -1;

        private bool Holds(string text, int position) => kind switch
        {
            AnchorKind.TextStart => position == 0,
            AnchorKind.TextEnd => position == text.Length,
            AnchorKind.TextEndOrLastLine => position == text.Length || (position == text.Length - 1 && text[position] == '\n'),
            AnchorKind.LineStart => position == 0 || (text[position - 1] == '\n' && position < text.Length),
            AnchorKind.LineEnd => position == text.Length || text[position] == '\n',
            AnchorKind.WordBoundary => IsBoundary(text, position),
            AnchorKind.NotWordBoundary => !IsBoundary(text, position),
            _ => throw new ArgumentOutOfRangeException(nameof(position), kind, "Not a kind of anchor."),
        };

        private static bool IsBoundary(string text, int position)
        {
            bool before = position > 0 && CodePoints.IsPatternWord(CodePoints.At(text, CodePoints.Before(text, position), out _));
            bool after = position < text.Length && CodePoints.IsPatternWord(CodePoints.At(text, position, out _));
            return before != after;
        }
    }
}

/// <summary>How a loop treats what it could still take.</summary>
internal enum LoopKind
{
    /// <summary>As much as possible, giving back when the rest does not match.</summary>
    Greedy,

    /// <summary>As little as possible.</summary>
    Lazy,

    /// <summary>As much as possible, giving nothing back.</summary>
    Possessive,
}
