using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using Declared = GopherMesh.Gopherctl.Program.Evaluation.DeclaredResource;

namespace GopherMesh.Tests.Unit.Eks;

/// <summary>What the program declares for the committed dev stack, with some settings changed.</summary>
internal sealed class DevStack
{
    private readonly Declaration _declaration;

    private DevStack(Declaration declaration) => _declaration = declaration;

    /// <summary>Every resource, in the order in which they are constructed.</summary>
    public IReadOnlyList<Declared> Resources => _declaration.Resources;

    /// <summary>The stack's outputs, secrets masked.</summary>
    public JsonObject Outputs => _declaration.Outputs;

    /// <summary>The program's warnings.</summary>
    public IReadOnlyList<string> Warnings => _declaration.Warnings;

    public static async Task<DevStack> DeclareAsync(params string[] settings) =>
        new(await ProgramEvaluator.EvaluateAsync(EffectiveConfig.Read(RepositoryRoot.Find(), "dev", settings)));

    /// <summary>The resources of a type.</summary>
    public IEnumerable<Declared> OfType(string type) => Resources.Where(resource => resource.Type == type);

    /// <summary>The inputs of the only resource of a type, or of that type and name.</summary>
    public JsonObject Inputs(string type, string? name = null) => Single(type, name).Inputs;

    /// <summary>The only resource of a type, or of that type and name.</summary>
    public Declared Single(string type, string? name = null) =>
        Assert.Single(OfType(type), resource => name is null || resource.Name == name);
}

/// <summary>The committed dev stack with a canary, declared once for the tests of a class.</summary>
public sealed class DevStackFixture : IAsyncLifetime
{
    internal DevStack Stack { get; private set; } = null!;

    internal DeletionOrder Order { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Stack = await DevStack.DeclareAsync("canaryVersion=v2");
        Order = new DeletionOrder(Stack.Resources);
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
