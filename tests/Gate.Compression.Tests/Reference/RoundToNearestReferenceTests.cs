using Gate.Compression.Quantization;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Reference;

public sealed class RoundToNearestReferenceTests
{
    public static TheoryData<string> Cases => ReferenceSet.NamesOf("rtn");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Round_to_nearest_gives_the_reference_codes_scales_and_zeros(string name)
    {
        ReferenceCase reference = ReferenceSet.Case(name);
        ReferenceLayer layer = reference.Layer;
        QuantizedMatrix matrix = RoundToNearest.Quantize(
            layer.Weight, layer.Rows, layer.Columns, reference.GroupSize, reference.Grid, ComputeThreads.All);
        ReferenceComparison.AssertQuantized(reference, matrix);
    }
}
