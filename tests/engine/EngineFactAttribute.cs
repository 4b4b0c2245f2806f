// One engine, one account and one cluster for all.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace GopherMesh.Tests.Engine;

/// <summary>A fact that needs the real engine: skipped, with the reason, where tests/engine/run has not started one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EngineFactAttribute : FactAttribute
{
    public EngineFactAttribute() => Skip = Checkout.SkipReason;
}
