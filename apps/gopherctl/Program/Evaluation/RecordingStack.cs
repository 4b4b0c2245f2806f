using GopherMesh.Infra;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>
/// Runs the program as a stack that records every resource's parent and dependencies. Mocks do not tell them; a transformation of the
/// stack is called for each resource, synchronously and in the order of construction.
/// </summary>
internal sealed class RecordingStack : Stack
{
    // Deployment.TestAsync constructs the stack itself, so that what it shall record into can only be ambient.
    private static readonly AsyncLocal<Recording> Ambient = new();

    /// <summary>Declares everything.</summary>
    public RecordingStack()
        : base(new StackOptions { ResourceTransformations = { Record } })
    {
        try
        {
            Current.Outputs = GopherMeshStack.Declare(Current.Warnings.Add);
        }
        catch (SettingsException wrong)
        {
            Current.WrongSettings = wrong;
            throw;
        }
    }

    /// <summary>The recording that stacks of this asynchronous flow write into.</summary>
    public static Recording Current
    {
        get => Ambient.Value ?? throw new InvalidOperationException("no recording was begun");
        set => Ambient.Value = value;
    }

    private static ResourceTransformationResult? Record(ResourceTransformationArgs args)
    {
        if (args.Resource is not Stack)
        {
            Current.Registrations.Add(new Registration(args.Resource, args.Args, args.Options));
        }

        return null;
    }
}

/// <summary>What a run of the program left behind.</summary>
internal sealed class Recording
{
    /// <summary>Every resource, in the order of construction.</summary>
    public List<Registration> Registrations { get; } = [];

    /// <summary>The stack's outputs.</summary>
    public IDictionary<string, object?> Outputs { get; set; } = new Dictionary<string, object?>();

    /// <summary>What the program warned of, in its order.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>The program's refusal of its config, with each error by itself.</summary>
    public SettingsException? WrongSettings { get; set; }
}
