using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Gate.Tests;

/// <summary>Compares records by what they hold; immutable arrays compare by reference on their own.</summary>
internal static class Structure
{
    /// <summary>The path of the first difference, or null when the two hold the same.</summary>
    public static string? Difference(object? left, object? right, string path = "$")
    {
        if (left is null || right is null)
            return left is null && right is null ? null : path;
        if (left.GetType() != right.GetType())
            return path;
        if (left is double a && right is double b)
            return BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b) ? null : path;
        if (left is string || left.GetType().IsPrimitive || left is Enum)
            return left.Equals(right) ? null : path;
        if (left is IEnumerable first && right is IEnumerable second)
            return ItemsDifference(first, second, path);
        if (left is ITuple || left.GetType().IsGenericType)
            return left.Equals(right) ? null : path;
        return left.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0)
            .Select(property => Difference(property.GetValue(left), property.GetValue(right), $"{path}.{property.Name}"))
            .FirstOrDefault(difference => difference is not null);
    }

    private static string? ItemsDifference(IEnumerable left, IEnumerable right, string path)
    {
        object?[] first = [.. left.Cast<object?>()];
        object?[] second = [.. right.Cast<object?>()];
        if (first.Length != second.Length)
            return $"{path}.Length";
        return first.Select((item, i) => Difference(item, second[i], $"{path}[{i}]")).FirstOrDefault(difference => difference is not null);
    }
}
