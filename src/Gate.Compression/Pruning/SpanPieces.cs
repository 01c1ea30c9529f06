using Gate.Numerics.Threading;

namespace Gate.Compression.Pruning;

/// <summary>Receives one of the pieces of a run of weights.</summary>
internal delegate void PieceVisitor(int piece, ReadOnlySpan<float> weights);

/// <summary>Receives one of the pieces of a run of weights, and its marks.</summary>
internal delegate void PieceMarker(int piece, ReadOnlySpan<float> weights, Span<bool> marks);

/// <summary>Divides a run of weights over threads: one long piece for each, in order.</summary>
internal static unsafe class SpanPieces
{
    private const int Shortest = 1 << 15;

    /// <summary>How many pieces a run has.</summary>
    public static int Count(int length, ComputeThreads threads) => Math.Clamp(length / Shortest, 1, threads.Count);

    /// <summary>Shows every piece once.</summary>
    public static void Visit(ReadOnlySpan<float> weights, ComputeThreads threads, PieceVisitor visitor)
    {
        int length = weights.Length, pieces = Count(length, threads);

        // Pinned for the duration of the call, because worker threads cannot hold references to spans.
        fixed (float* first = weights)
        {
            float* from = first;
            ParallelWork.Run(pieces, threads, piece =>
            {
                (int start, int end) = Bounds(length, pieces, piece);
                visitor(piece, new ReadOnlySpan<float>(from + start, end - start));
            });
        }
    }

    /// <summary>Shows every piece once, with its part of a mask of the same length.</summary>
    public static void Mark(ReadOnlySpan<float> weights, Span<bool> mask, ComputeThreads threads, PieceMarker marker)
    {
        fixed (bool* marks = mask)
        {
            bool* to = marks;
            int length = weights.Length, pieces = Count(length, threads);
            Visit(weights, threads, (piece, part) => marker(piece, part, new Span<bool>(to + Bounds(length, pieces, piece).Start, part.Length)));
        }
    }

    private static (int Start, int End) Bounds(int length, int pieces, int piece) => ((int)((long)length * piece / pieces), (int)((long)length * (piece + 1) / pieces));
}
