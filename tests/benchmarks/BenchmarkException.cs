namespace GopherMesh.Benchmarks;

/// <summary>What was measured means nothing.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
