using System.Runtime.CompilerServices;
using Gate.Diagnostics;

namespace Gate.Tool.Output;

/// <summary>
/// Standard output or standard error as a stream whose failures are the user's affair and no defect: an output that cannot be written ends the command with
/// exit code 4, because whoever reads it would take a part for the whole; a message that cannot be written is dropped, because there is nobody to tell.
/// </summary>
internal sealed class StandardStream : Stream
{
    private readonly Stream _inner;
    private readonly bool _failureEnds;

    private StandardStream(Stream inner, bool failureEnds) => (_inner, _failureEnds) = (inner, failureEnds);

    /// <summary>Puts the two in the console's place.</summary>
    public static void Install()
    {
        Console.SetOut(Writer(Ready(new StandardStream(Console.OpenStandardOutput(), failureEnds: true)), Console.Out));
        Console.SetError(Writer(Ready(new StandardStream(Console.OpenStandardError(), failureEnds: false)), Console.Error));
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _inner.Write(buffer);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // The last where the file behind the stream is as large as it may be. Told here and not by StorageFault, which is in the assembly of the diagnostics.
            if (_failureEnds)
                throw Unwritable(exception);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is kept back.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // The first write loads another part of the program. A part that once could not be loaded is never tried again, so where no file descriptor is left for the
    // first line, every later one would be dropped too, the error itself among them.
    private static StandardStream Ready(StandardStream stream)
    {
        stream.Write([]);
        return stream;
    }

    // Apart, so that a line can be written while the assembly of the diagnostics itself cannot be loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Exception Unwritable(Exception exception) => GateException.Input(
        "GATE3101", $"standard output cannot be written: {exception.Message}", remedy: "free the place it is sent to; the reports that were written already are whole");

    private static StreamWriter Writer(Stream stream, TextWriter replaced) => new(stream, replaced.Encoding, bufferSize: 256, leaveOpen: true) { AutoFlush = true };
}
