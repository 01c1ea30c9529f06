using System.Runtime.Intrinsics;

namespace Gate.Numerics.ElementaryFunctions;

/// <summary>
/// A function of one number in two forms that agree bit for bit: sixteen lanes at once, and the scalar twin that is the definition, the test
/// oracle and the fallback.
/// </summary>
internal interface IElementwiseFunction
{
    /// <summary>Sixteen values at once.</summary>
    static abstract Vector512<float> Evaluate(Vector512<float> x);

    /// <summary>One value.</summary>
    static abstract float Evaluate(float x);
}
