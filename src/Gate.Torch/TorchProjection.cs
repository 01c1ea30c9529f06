using Gate.Models.Engines;
using Gate.Models.Questions;
using TorchSharp;
using static TorchSharp.torch;

namespace Gate.Torch;

/// <summary>
/// The projection to the vocabulary, in blocks of rows so that logits never take more than a fixed amount of memory. Log-probabilities, ranks and best ids
/// are found on the device; all answers of a call come back in one copy.
/// </summary>
internal sealed class TorchProjection(Func<Tensor, TorchLinear, Tensor> multiply, Device device, long logitsAtOnce)
{
    /// <summary>Answers queries about the logits of rows.</summary>
    public void Answer(Tensor states, TorchLinear head, float softCap, ReadOnlyMemory<RowQuery> queries, Memory<NextTokenScores> answers)
    {
        if (queries.IsEmpty)
            return;
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> found = [];
        List<BlockQueries> blocks = [];
        int next = 0;
        foreach ((int first, int count) in Blocks(states, head))
        {
            int start = next;
            while (next < queries.Length && queries.Span[next].Row < first + count)
                next++;
            if (next == start)
                continue;
            using DisposeScope block = NewDisposeScope();
            BlockQueries asked = new(first, queries[start..next], (int)head.Weight.size(0));
            found.Add(asked.Find(Logits(states, head, softCap, first, count), device, logitsAtOnce).MoveToOuterDisposeScope());
            blocks.Add(asked);
        }

        ReadOnlySpan<double> values = Span<double>(cat(found).cpu());
        int answered = 0;
        foreach (BlockQueries block in blocks)
        {
            block.Answer(values[..block.Values], answers.Span.Slice(answered, block.Count));
            values = values[block.Values..];
            answered += block.Count;
        }
    }

    /// <summary>Shows the logits of all rows in order.</summary>
    public void Visit(Tensor states, TorchLinear head, float softCap, LogitsVisitor visit)
    {
        int vocabulary = (int)head.Weight.size(0);
        foreach ((int first, int count) in Blocks(states, head))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor host = Logits(states, head, softCap, first, count).cpu().contiguous();
            for (int row = 0; row < count; row++)
                visit(first + row, Span<float>(host).Slice(row * vocabulary, vocabulary));
        }
    }

    /// <summary>The values of a tensor in the host's memory.</summary>
    public static Span<T> Span<T>(Tensor host)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(host.bytes);

    private IEnumerable<(int First, int Count)> Blocks(Tensor states, TorchLinear head)
    {
        int rows = (int)states.size(0), rowsAtOnce = (int)Math.Max(16, logitsAtOnce / head.Weight.size(0));
        for (int first = 0; first < rows; first += rowsAtOnce)
            yield return (first, Math.Min(rowsAtOnce, rows - first));
    }

    private Tensor Logits(Tensor states, TorchLinear head, float softCap, int first, int count)
    {
        Tensor logits = multiply(states.narrow(0, first, count), head).to(ScalarType.Float32);
        return softCap > 0 ? (logits / softCap).tanh_().mul_(softCap) : logits;
    }
}
