namespace Gate.Diagnostics;

/// <summary>
/// A part of a file's name that nobody else uses. Not a new GUID: that opens the system's source of randomness, and where no file descriptor is left it ends
/// in a failure that names no file. What is made under such a name is made with <see cref="FileMode.CreateNew"/> or in a folder of its own, so chance is enough.
/// </summary>
public static class UniqueName
{
    /// <summary>32 hexadecimal digits.</summary>
    public static string Next() => $"{Random.Shared.NextInt64():x16}{Random.Shared.NextInt64():x16}";
}
