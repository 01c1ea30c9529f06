using Gate.Numerics.Memory;

namespace Gate.Numerics.Tests.Memory;

public sealed class AlignedBufferTests
{
    [Fact]
    public unsafe void Memory_begins_on_a_cache_line_and_is_zero()
    {
        for (int length = 0; length < 50; length++)
        {
            using var buffer = new AlignedBuffer<float>(length);
            Assert.Equal(length, buffer.Length);
            Assert.Equal(4L * length, buffer.Bytes);
            Assert.Equal(0u, (nuint)buffer.Pointer % AlignedBuffer<float>.Alignment);
            Assert.True(buffer.Span.IndexOfAnyExcept(0f) < 0);
            Assert.Equal(length, buffer.Memory.Length);
        }
    }

    [Fact]
    public void A_slice_outside_and_a_released_buffer_are_refused()
    {
        var buffer = new AlignedBuffer<int>(10);
        buffer.Slice(3, 7)[6] = 42;
        Assert.Equal(42, buffer.Span[9]);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Slice(4, 7).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Slice(-1, 2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer<long>(long.MaxValue));
        ((IDisposable)buffer).Dispose();
        ((IDisposable)buffer).Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
    }
}
