using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gate.Models.Checkpoints;

/// <summary>Counts zeros, NaNs and infinities and keeps the extremes of finite values, eight at a time.</summary>
internal sealed class ValueTally
{
    private float _minimum = float.PositiveInfinity;
    private float _maximum = float.NegativeInfinity;

    /// <summary>Values equal to zero.</summary>
    public long Zeros { get; private set; }

    /// <summary>Values that are NaN.</summary>
    public long NaNs { get; private set; }

    /// <summary>Values that are infinite.</summary>
    public long Infinities { get; private set; }

    /// <summary>The smallest finite value, or null.</summary>
    public float? Minimum => float.IsFinite(_minimum) ? _minimum : null;

    /// <summary>The largest finite value, or null.</summary>
    public float? Maximum => float.IsFinite(_maximum) ? _maximum : null;

    /// <summary>Counts zeros found elsewhere.</summary>
    public void AddZeros(long count) => Zeros += count;

    /// <summary>Looks at values.</summary>
    /// <param name="values">At most 2³¹ − 1.</param>
    public void Add(ReadOnlySpan<float> values)
    {
        ref float start = ref MemoryMarshal.GetReference(values);
        Vector256<float> minimum = Vector256.Create(float.PositiveInfinity);
        Vector256<float> maximum = Vector256.Create(float.NegativeInfinity);

        // A comparison that holds is −1 in its lane, so counts grow by subtraction.
        Vector256<int> zeros = Vector256<int>.Zero;
        Vector256<int> finite = Vector256<int>.Zero;
        Vector256<int> numbers = Vector256<int>.Zero;
        int index = 0;
        for (; index <= values.Length - Vector256<float>.Count; index += Vector256<float>.Count)
        {
            Vector256<float> value = Vector256.LoadUnsafe(ref start, (nuint)index);
            Vector256<float> isFinite = Vector256.LessThan(Vector256.Abs(value), Vector256.Create(float.PositiveInfinity));
            zeros -= Vector256.Equals(value, Vector256<float>.Zero).AsInt32();
            finite -= isFinite.AsInt32();
            numbers -= Vector256.Equals(value, value).AsInt32();
            minimum = Vector256.ConditionalSelect(isFinite, Vector256.Min(minimum, value), minimum);
            maximum = Vector256.ConditionalSelect(isFinite, Vector256.Max(maximum, value), maximum);
        }

        Zeros += Vector256.Sum(zeros);
        NaNs += index - Vector256.Sum(numbers);
        Infinities += Vector256.Sum(numbers) - Vector256.Sum(finite);
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
        {
            _minimum = Math.Min(_minimum, minimum[lane]);
            _maximum = Math.Max(_maximum, maximum[lane]);
        }

        for (; index < values.Length; index++)
            AddOne(values[index]);
    }

    private void AddOne(float value)
    {
        if (float.IsNaN(value))
        {
            NaNs++;
        }
        else if (float.IsInfinity(value))
        {
            Infinities++;
        }
        else
        {
            Zeros += value == 0 ? 1 : 0;
            _minimum = Math.Min(_minimum, value);
            _maximum = Math.Max(_maximum, value);
        }
    }
}
