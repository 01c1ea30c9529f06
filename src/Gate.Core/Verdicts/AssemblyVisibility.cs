using System.Runtime.CompilerServices;

// The tests prove the operating characteristics of parts that are no public contract.
[assembly: InternalsVisibleTo("Gate.Core.Tests")]
